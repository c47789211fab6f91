// Why a bank or a payer sends a direct debit back: the reason codes of ISO 20022, and what each means for another try and for the mandate.
//
// Source: ISO 20022 external code sets (ExternalStatusReason1Code, ExternalReturnReason1Code) as the European Payments Council lists them for SEPA direct debits, EPC173-14 and the
// rulebooks of 2025. Read on 2026-11-22.
//
// - Soft: it may work on another day. Hard: it is never tried again by itself.
// - The mandate is kept; or suspended until a person has looked at it, mostly for another account; or ended, for there is none.
// - A code that is not here is hard, and the mandate is kept: nobody knows what it means, so nothing is repeated.
export interface ReasonMeaning { readonly hard: boolean; readonly mandate: 'keep' | 'suspend' | 'end'; readonly says: string }

const soft = (says: string): ReasonMeaning => ({ hard: false, mandate: 'keep', says });
const hard = (says: string, mandate: ReasonMeaning['mandate'] = 'keep'): ReasonMeaning => ({ hard: true, mandate, says });

const MEANINGS: Readonly<Record<string, ReasonMeaning>> = {
  AC01: hard('the account number is wrong', 'suspend'),
  AC04: hard('the account is closed', 'suspend'),
  AC06: hard('the account is blocked', 'suspend'),
  AC13: hard('the account is a consumer\'s, which a B2B debit may not take from', 'suspend'),
  AG01: hard('the account allows no direct debits', 'suspend'),
  AG02: hard('the bank does not take this kind of transaction'),
  AM04: soft('there is not enough money on the account'),
  AM05: hard('the bank takes it for a duplicate'),
  BE05: hard('the creditor identifier is wrong'),
  CNOR: hard('the creditor\'s bank is not registered'),
  DNOR: hard('the debtor\'s bank is not registered'),
  ED05: soft('the banks did not settle it'),
  FF01: hard('the file has a wrong format'),
  FF05: hard('the kind of direct debit is wrong'),
  MD01: hard('there is no valid mandate', 'end'),
  MD02: hard('details of the mandate are missing or wrong', 'suspend'),
  MD06: hard('the debtor wants the money back', 'suspend'),
  MD07: hard('the debtor has died', 'end'),
  MS02: hard('the debtor refuses it, without saying why'),
  MS03: soft('the debtor\'s bank does not say why: where privacy forbids it, for AC04 or AM04'),
  RC01: hard('the bank identifier is wrong', 'suspend'),
  RR01: hard('the debtor\'s account is missing, as regulators want it', 'suspend'),
  RR02: hard('the debtor\'s name or address is missing, as regulators want it', 'suspend'),
  RR03: hard('the creditor\'s name or address is missing, as regulators want it'),
  RR04: hard('for reasons of regulators'),
  SL01: hard('the debtor\'s bank lets only some creditors debit', 'suspend'),
};

/** What a code means. `hard` of who told it holds for codes that are not in the table. */
export function meaningOf(code: string, toldHard = true): ReasonMeaning {
  return Object.hasOwn(MEANINGS, code) ? MEANINGS[code]! : { hard: toldHard, mandate: 'keep', says: 'a code that is not known here' };
}
export const KNOWN_REASONS: readonly string[] = Object.keys(MEANINGS);
