// More of what moves money and items in the world that the ledger is tested in: money that is promised for a day, disputes, small balances, what payers announce, and what banks' messages book and tell.
import { daysAfter, type Day } from '@ar/domain/day.js';
import { policiesWith } from '@ar/runtime/deciding.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';
import type { Command } from '@ar/runtime/forms.js';
import { enrichBankEntries } from './bank-details.commands.js';
import { postBankLines, receiveBankStatement, registerBankAccount } from './bank.commands.js';
import type { AccountState } from './domain/account.js';
import type { RatesKnown } from './domain/in-base.js';
import type { ReceiptState } from './domain/receipt.js';
import { derivedReceiptId } from './domain/receipt-id.js';
import { normalReference } from './domain/remittance.js';
import type { RemittanceLine } from './domain/remittance-advice.js';
import { disputeItems, endDispute } from './open-items.commands.js';
import { type KnownOfPayer, recordReceipt, reverseReceipt } from './payments.commands.js';
import { matureReceipt } from './pending-receipts.commands.js';
import type { NamedDocument } from './projections/documents.js';
import { matchRemittanceAdvice, matchWhatCame, recordRemittanceAdvice } from './remittance.commands.js';
import { writeOffSmallBalances } from './small-balances.commands.js';

/** `how` an advice and its receipt meet: it was announced, it is told of later, both came at once, or a person says so. `told`: another message of the bank says who paid. */
export type MoreAct =
  | { readonly act: 'promise'; readonly who: number; readonly minor: number; readonly days: number }
  | { readonly act: 'mature' }
  | { readonly act: 'bounce'; readonly which: number }
  | { readonly act: 'dispute'; readonly who: number; readonly item: number; readonly minor: number }
  | { readonly act: 'end-dispute'; readonly which: number }
  | { readonly act: 'small'; readonly who: number }
  | { readonly act: 'advise'; readonly who: number; readonly item: number; readonly second: number | null; readonly kept: number; readonly credit: boolean; readonly how: 'before' | 'after' | 'at-once' | 'person' }
  | { readonly act: 'bank'; readonly names: number; readonly minor: number; readonly back: number; readonly told: boolean };

type Run = <Request, Known>(command: Command<Request, Known>, request: Request, known: Known, policies?: PoliciesInForce) => boolean;
/** What there is to choose from, and what is known of it. */
export interface Look {
  account(customer: string): AccountState;
  receipt(receiptId: string): ReceiptState;
  documents(): readonly NamedDocument[];
  links(): NonNullable<KnownOfPayer['links']>;
  rates(day: Day): RatesKnown;
  creditNotes(): readonly string[];
}

const nobody = { name: '', iban: '', remittance: '' };
const pick = <T>(from: readonly T[], n: number): T | undefined => from[n % Math.max(1, from.length)];

export class More {
  readonly #promised: string[] = [];
  readonly #disputes: { readonly customer: string; readonly disputeId: string }[] = [];
  readonly #small = new Set<string>();
  #count = 0;
  constructor(private readonly run: Run, private readonly look: Look, private readonly customers: readonly string[], private readonly currency: string) {}

  do(act: MoreAct, today: Day): void {
    const { look, customers, currency } = this;
    const n = ++this.#count;
    const money = { currency, remitter: nobody, named: [], bankReference: '', onAccount: false };
    const known = (day: Day) => ({ customerKnown: true, documents: look.documents(), links: look.links(), rates: look.rates(day) });
    switch (act.act) {
      case 'promise': {
        const receiptId = `pnd_${n}`;
        const customer = act.who % 3 === 2 ? '' : customers[act.who % 2]!;
        if (this.run(recordReceipt, { ...money, receiptId, customer, receivedMinor: act.minor, valueOn: '', method: 'PAYMENT_METHOD_CHEQUE', maturesOn: daysAfter(today, act.days) }, known(today))) this.#promised.push(receiptId);
        return;
      }
      case 'mature': { // as each new day does
        for (const receiptId of this.#promised) {
          const state = look.receipt(receiptId);
          if (state.status === 'pending' && state.facts.valueOn <= today) this.run(matureReceipt, { receiptId, customer: state.customer }, known(state.facts.valueOn));
        }
        return;
      }
      case 'bounce': {
        const receiptId = pick(this.#promised, act.which);
        if (receiptId) this.run(reverseReceipt, { receiptId, kind: 'bounced', code: '', reason: 'no funds', effectiveOn: '' }, undefined);
        return;
      }
      case 'dispute': {
        const customer = customers[act.who % 2]!;
        const open = pick(look.account(customer).items.values(), act.item);
        if (!open) return;
        const disputeId = `dsp_${n}`;
        this.#disputes.push({ customer, disputeId });
        this.run(disputeItems, { customer, currency, disputeId, shares: [{ itemId: open.itemId, minor: act.minor }] }, undefined);
        return;
      }
      case 'end-dispute': {
        const found = pick(this.#disputes, act.which);
        if (found) this.run(endDispute, { ...found, currency }, undefined);
        return;
      }
      case 'small': {
        const customer = customers[act.who % 2]!;
        if (this.#small.has(`${customer} ${today}`)) return; // once a day
        this.#small.add(`${customer} ${today}`);
        const policies = policiesWith({ application: { smallBalances: [{ currencyCode: currency, limit: '0.60', percent: '' }], smallBalanceDays: 0 } });
        this.run(writeOffSmallBalances, { customer, currency, itemIds: look.account(customer).items.values().map((i) => i.itemId) }, undefined, policies);
        return;
      }
      case 'advise': this.#advise(act, n, today); return;
      case 'bank': this.#bank(act, n, today);
    }
  }

  #advise({ who, item, second, kept, credit, how }: Extract<MoreAct, { act: 'advise' }>, n: number, today: Day): void {
    const { look, currency } = this;
    const customer = this.customers[who % 2]!;
    const open = look.account(customer).items.values();
    const items = [...new Set([pick(open, item), second === null ? undefined : pick(open, second)])].flatMap((i) => i ?? []);
    const noteId = credit ? pick(look.creditNotes(), item) : undefined;
    const line = (reference: string, grossMinor: number, deductionMinor: number): RemittanceLine => ({ reference, grossMinor, discountMinor: 0, deductionMinor, reasonCode: deductionMinor > 0 ? 'price' : null, text: '', netMinor: grossMinor - deductionMinor });
    const lines = [...items.map((i) => line(i.documentNumber, i.openMinor, Math.min(kept, i.openMinor - 1))), ...(noteId === undefined ? [] : [line(`C-${noteId}`, -Math.min(kept + 1, 20), 0)])];
    const totalMinor = lines.reduce((sum, l) => sum + l.netMinor, 0);
    if (totalMinor <= 0) return;
    const [adviceId, receiptId, reference] = [`rma_${n}`, `adv_${n}`, `T-${n}`];
    const facts = { adviceId, customer, currency, totalMinor, reference };
    const ofLines = { documents: look.documents(), credits: noteId === undefined ? {} : { [normalReference(`C-${noteId}`)]: noteId } };
    const advice = { ...facts, firstOn: daysAfter(today, -7), lastOn: daysAfter(today, 7), payer: { name: '', iban: '' }, known: ofLines, others: [] };
    const receive = (announced: boolean) => this.run(recordReceipt, { receiptId, customer, currency, receivedMinor: totalMinor, valueOn: today, method: 'PAYMENT_METHOD_BANK_TRANSFER', remitter: nobody, named: [], bankReference: reference, onAccount: how === 'person' },
      { customerKnown: true, documents: [], links: look.links(), rates: look.rates(today), ...(announced ? { advices: [advice] } : {}) });
    const received = () => {
      const state = look.receipt(receiptId);
      return state.status === 'none' ? [] : [{ receiptId, customer, currency, minor: totalMinor, valueOn: today, bankReference: reference, names: [], name: '', iban: '', unused: state.unappliedMinor === totalMinor }];
    };
    const tell = () => this.run(recordRemittanceAdvice, { ...facts, paidOn: '', payer: nobody, lines }, { ...ofLines, customerKnown: true, receipts: how === 'after' ? received() : [] });
    if (how === 'after') { receive(false); tell(); return; }
    tell();
    receive(how === 'before');
    if (how === 'at-once') this.run(matchWhatCame, { customer, adviceId }, { advices: [{ ...advice, others: received() }], received: undefined, segment: '' });
    if (how === 'person') this.run(matchRemittanceAdvice, { adviceId, receiptId, by: 'anna' }, advice);
  }

  /** A statement of one line; what it names is said by itself, or by another message, or by none. */
  #bank({ names, minor, back, told }: Extract<MoreAct, { act: 'bank' }>, n: number, today: Day): void {
    const { look, currency } = this;
    const [bankAccountId, statementId, likeness] = ['ban_1', `bst_${n}`, `ben_${n}`];
    this.run(registerBankAccount, { bankAccountId, account: 'DE1', currency, message: 'camt.053', withoutBalances: true }, undefined);
    const receive = (id: string, message: 'camt.053' | 'camt.054') => this.run(receiveBankStatement, { statement: { statementId: id, bankAccountId, currency, message, bankId: id, number: n, openingMinor: null, closingMinor: null, on: today, lines: 1, creditsMinor: minor, debitsMinor: 0, holds: [] } }, undefined);
    const named = names % 3 === 0 ? undefined : pick(look.documents(), names);
    const line = (text: string) => ({
      line: 1, likeness, nth: 1, referenced: true, place: 0, whole: likeness, wholeMinor: minor, credit: true, minor, chargesMinor: 0, bookedOn: today, valueOn: daysAfter(today, -back), reference: `B-${n}`, endToEndId: '', code: '', returnCode: '', name: 'Ada', account: '', references: [], text, meaning: { is: 'receipt' as const }, payer: '',
    });
    const documents = named ? [named] : [];
    receive(statementId, 'camt.053');
    const payer = { customerKnown: true, documents: told ? [] : documents, links: look.links(), rates: look.rates(daysAfter(today, -back)) };
    this.run(postBankLines, { statementId, bankAccountId, currency, lines: [line(told ? '' : named?.reference ?? '')] }, [{ told: undefined, payer }]);
    if (!told) return;
    const other = `${statementId}_054`;
    receive(other, 'camt.054');
    this.run(enrichBankEntries, { statementId: other, bankAccountId, currency, lines: [line(named?.reference ?? '')] }, [{ found: { bankEntryId: likeness, receiptId: derivedReceiptId(statementId, '1'), whole: true, ignored: false }, segments: {}, documents, links: [] }]);
  }
}
