// What may be charged beside an invoice, and why.
//
// - A kind of charge is enforceable where business terms that were in force at issue allow it and the customer had acknowledged that version by then.
// - Between businesses of the European Union Directive 2011/7/EU grants interest (art. 3), 40 EUR (art. 6.1) and reasonable costs beyond (art. 6.3), whatever was acknowledged.
//   A customer with a tax number is a business.
import type { ChargeKind } from './business-terms.js';

export interface TermsAtIssue { readonly businessTermsId: string; readonly version: number; readonly acknowledged: boolean; readonly charges: readonly { readonly kind: ChargeKind }[] }
export interface Parties { readonly sellerCountry: string; readonly buyerCountry: string; readonly buyerTaxId: string }
export type Ground = 'acknowledged' | 'statute' | 'not-acknowledged' | 'not-allowed';
export interface Enforceable { readonly kind: ChargeKind; readonly enforceable: boolean; readonly ground: Ground; readonly businessTermsId: string; readonly version: number; readonly explanation: string }

const UNION = new Set('AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' '));
const statute: Readonly<Record<ChargeKind, string>> = {
  'late-charge': 'statutory interest, article 3 of Directive 2011/7/EU', 'fixed-compensation': '40 EUR, article 6.1 of Directive 2011/7/EU', costs: 'reasonable costs beyond 40 EUR, article 6.3 of Directive 2011/7/EU', 'dunning-fee': '', 'unearned-discount': '',
};
const kinds: readonly ChargeKind[] = ['late-charge', 'dunning-fee', 'costs', 'unearned-discount', 'fixed-compensation'];

export function enforceableCharges(terms: readonly TermsAtIssue[], { sellerCountry, buyerCountry, buyerTaxId }: Parties): readonly Enforceable[] {
  const betweenBusinesses = UNION.has(sellerCountry) && UNION.has(buyerCountry) && buyerTaxId !== '';
  return kinds.map((kind) => {
    const allowing = terms.filter((t) => t.charges.some((c) => c.kind === kind));
    const by = allowing.find((t) => t.acknowledged) ?? allowing[0];
    const of = { kind, businessTermsId: by?.businessTermsId ?? '', version: by?.version ?? 0 };
    const named = by ? `version ${by.version} of ${by.businessTermsId}` : '';
    if (by?.acknowledged) return { ...of, enforceable: true, ground: 'acknowledged', explanation: `${named}, in force at issue, allows it, and the customer had acknowledged it` };
    if (betweenBusinesses && statute[kind] !== '') return { ...of, enforceable: true, ground: 'statute', explanation: statute[kind] };
    return by ? { ...of, enforceable: false, ground: 'not-acknowledged', explanation: `${named}, in force at issue, allows it, but the customer had not acknowledged it by then` }
      : { ...of, enforceable: false, ground: 'not-allowed', explanation: 'no business terms in force at issue allow it' };
  });
}
