// What other services tell of a tenant while payments is at work: documents and what becomes of them, disputes, pauses, days. Each as its service would tell it: an invoice is voided once, and no day is left out.
import { DebitNoteKind } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import { PolicyKind } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import { DiscountMode, DiscountTax } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { itemIdOf } from '@ar/domain/id.js';
import { defaultPolicies, type Policies } from '@ar/domain/policies.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';
import type { Dice } from './ledger-dice.world.js';
import { rulesOf } from './ledger-rules.world.js';
import { CUSTOMERS, isOpen, minorOf, type Seen, type ToldInvoice } from './ledger-seen.world.js';
import type { LedgerService } from './ledger-service.world.js';

export const FIRST_DAY = '2026-03-02';
/** Whatever can be decided by policy is: second persons, small balances, autopay, matches, settlement days. */
export const policiesOf = (n: number, rules: object = rulesOf(n, 'EUR')): Policies => ({
  ...defaultPolicies,
  exchange: { source: 'ECB', rates: [{ currencyCode: 'USD', rate: '0.9' }] },
  application: {
    ...defaultPolicies.application, ...('application' in rules ? rules.application : {}) as Partial<Policies['application']>, remittanceDays: 3, smallBalances: [{ currencyCode: 'EUR', limit: '0.60', percent: '' }], smallBalanceDays: 1, matching: { applyFrom: 900, recommendFrom: 300 },
    methods: [{ method: 'PAYMENT_METHOD_CARD', settlementDays: 1, reversalDays: 5 }],
  },
  approvals: { ...defaultPolicies.approvals, expiryDays: 1, writeOffLimit: '0.90', refundLimit: '0.90' },
  directDebit: { noticeDays: 1, autopay: true, retryDays: [1], creditorId: 'DE98ZZZ09999999999' },
});

export const TOLD = ['invoice', 'invoice', 'invoice', 'invoice', 'invoice', 'invoice', 'invoice', 'debit-note', 'credit-note', 'credit-note', 'void', 'due-date', 'dispute', 'end-dispute', 'pause', 'resume', 'rate'] as const;
export type Told = (typeof TOLD)[number];

export class TenantElsewhere {
  readonly invoices: ToldInvoice[] = [];
  today: Day = FIRST_DAY;
  readonly #disputes: { readonly disputeId: string; readonly customer: string; readonly items: readonly object[]; open: boolean }[] = [];
  readonly #pauses: { readonly pauseId: string; readonly customer: string; open: boolean }[] = [];
  #notes = 0;
  #rates = 1;
  constructor(private readonly service: LedgerService, readonly tenant: string) {}

  async begin(policies: Policies): Promise<void> {
    const { invoicing, credit } = this.service.elsewhere;
    this.service.note(await invoicing.tell('TenantRegistered', { ...this.#everyone(), data: { tenantId: this.tenant, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller', iban: 'DE02120300000000202051' }, policies: wirePolicies(policies), firstBusinessDay: this.today } }));
    await this.openDay(this.today);
    for (const customer of CUSTOMERS) this.service.note(await credit.tell('CustomerRegistered', { tenant: this.tenant, on: this.today, customer, subject: `customer/${customer}`, data: { customerId: customer, profile: { segment: '' }, pii: { keyId: '', data: { name: `Customer ${customer}` } } } }));
  }

  /** Everywhere, or first for some of the customers: the others are a day behind until it is told to them. */
  async openDay(day: Day, where?: 'first' | 'rest'): Promise<void> {
    this.today = day;
    const only = where === undefined ? undefined : (partition: number) => (partition === 0) === (where === 'first');
    this.service.note(await this.service.elsewhere.invoicing.tell('BusinessDayOpened', { ...this.#everyone(), data: { tenantId: this.tenant, date: day } }, only));
  }

  async tell(what: Told, dice: Dice, seen: Seen): Promise<void> {
    const { invoicing, collections, reminders } = this.service.elsewhere;
    const money = (minor: number, currency: string) => ({ minor, currency });
    /** What a document is worth in the base currency, as invoicing books it. */
    const booked = (minor: number, currency: string) => (currency === 'EUR' ? {} : { booking: { rate: '0.9', source: 'ECB', policyVersion: 1, total: money(Math.round(minor * 0.9), 'EUR'), tax: money(0, 'EUR') } });
    const known = dice.of(this.invoices.filter((i) => !i.voided));
    const item = dice.of(seen.items.filter(isOpen));
    switch (what) {
      case 'invoice': {
        const [n, customer, currency, minor, parts] = [this.invoices.length + 1, dice.among(...CUSTOMERS), dice.among('EUR', 'EUR', 'USD'), 10 + dice.upTo(400), dice.among(1, 1, 2, 3)];
        const part = Math.floor(minor / parts);
        const instalments = Array.from({ length: parts }, (_, i) => ({ seq: i + 1, dueDate: daysAfter(this.today, dice.upTo(4) - 1 + 2 * i), minor: i === 0 ? minor - part * (parts - 1) : part }));
        const discount = dice.once(2) ? { discount: { offers: [{ percent: '5.00', lastDay: daysAfter(this.today, 1 + dice.upTo(2)) }], tax: dice.among(DiscountTax.NEVER, DiscountTax.ON_EARLY_PAYMENT), mode: dice.among(DiscountMode.EARNED, DiscountMode.EARNED_AND_UNEARNED) } } : {};
        const invoice: ToldInvoice = { invoiceId: `inv_${n}`, number: `R-${n}`, customer, currency, minor, issuedOn: this.today, instalments, voided: false };
        this.invoices.push(invoice);
        this.service.note(await invoicing.tell('InvoiceIssued', { ...this.#of(customer, `invoice/${invoice.invoiceId}`), data: {
          invoiceId: invoice.invoiceId, number: invoice.number, customerId: customer, currencyCode: currency, issueDate: this.today, net: money(minor - Math.floor(minor / 6), currency), tax: money(Math.floor(minor / 6), currency), total: money(minor, currency),
          instalments: instalments.map((i) => ({ seq: i.seq, dueDate: i.dueDate, amount: money(i.minor, currency), ...('discount' in discount ? { discountable: money(i.minor, currency) } : {}) })), ...discount, ...booked(minor, currency),
        } }));
        return;
      }
      case 'debit-note': {
        const [debitNoteId, customer, minor] = [`dbn_${++this.#notes}`, dice.among(...CUSTOMERS), 1 + dice.upTo(90)];
        this.service.note(await invoicing.tell('DebitNoteIssued', { ...this.#of(customer, `debit-note/${debitNoteId}`), data: { debitNoteId, number: `D-${this.#notes}`, customerId: customer, kind: dice.among(DebitNoteKind.LATE_CHARGE, DebitNoteKind.FEE), currencyCode: 'EUR', issueDate: this.today, dueDate: daysAfter(this.today, 2), tax: money(0, 'EUR'), total: money(minor, 'EUR') } }));
        return;
      }
      case 'credit-note': { // of an invoice that may be paid, credited or void by now, or of none
        const [creditNoteId, of] = [`crn_${++this.#notes}`, dice.once(3) ? undefined : known];
        const [customer, currency, minor] = [of?.customer ?? dice.among(...CUSTOMERS), of?.currency ?? 'EUR', of && !dice.once(3) ? of.minor : 1 + dice.upTo(200)];
        this.service.note(await invoicing.tell('CreditNoteIssued', { ...this.#of(customer, `credit-note/${creditNoteId}`), data: { creditNoteId, number: `C-${this.#notes}`, customerId: customer, currencyCode: currency, invoiceId: of?.invoiceId ?? '', invoiceNumber: of?.number ?? '', tax: money(Math.floor(minor / 6), currency), total: money(minor, currency), issueDate: this.today, ...booked(minor, currency) } }));
        return;
      }
      case 'void': {
        if (!known) return;
        known.voided = true;
        this.service.note(await invoicing.tell('InvoiceVoided', { ...this.#of(known.customer, `invoice/${known.invoiceId}`), data: { invoiceId: known.invoiceId, number: known.number, customerId: known.customer, total: money(known.minor, known.currency), issueDate: known.issuedOn, voidDate: this.today, reason: 'wrong', instalments: known.instalments.length } }));
        return;
      }
      case 'due-date': {
        const part = known && dice.of(known.instalments);
        if (!known || !part) return;
        this.service.note(await invoicing.tell('DueDateRescheduled', { ...this.#of(known.customer, `invoice/${known.invoiceId}`), data: { invoiceId: known.invoiceId, number: known.number, customerId: known.customer, currencyCode: known.currency, instalment: part.seq, itemId: itemIdOf(known.invoiceId, part.seq), formerDueDate: part.dueDate, dueDate: daysAfter(this.today, dice.upTo(5)), reason: 'agreed' } }));
        return;
      }
      case 'dispute': {
        if (!item) return;
        const dispute = { disputeId: `dsp_${++this.#notes}`, customer: item.customerId, items: [{ itemId: item.item!.itemId, amount: money(1 + dice.upTo(minorOf(item.open) - 1), item.open!.currencyCode) }], open: true };
        this.#disputes.push(dispute);
        this.service.note(await collections.tell('DisputeOpened', { ...this.#of(dispute.customer, `dispute/${dispute.disputeId}`), data: { disputeId: dispute.disputeId, customerId: dispute.customer, items: dispute.items, amount: dispute.items[0]!.amount } }));
        return;
      }
      case 'end-dispute': {
        const dispute = dice.of(this.#disputes.filter((d) => d.open));
        if (!dispute) return;
        dispute.open = false;
        this.service.note(await collections.tell(dice.among('DisputeResolved', 'DisputeClosed'), { ...this.#of(dispute.customer, `dispute/${dispute.disputeId}`), data: { disputeId: dispute.disputeId, customerId: dispute.customer, items: dispute.items } }));
        return;
      }
      case 'pause': {
        const pause = { pauseId: `pau_${++this.#notes}`, customer: dice.among(...CUSTOMERS), open: true };
        this.#pauses.push(pause);
        this.service.note(await reminders.tell('DunningPaused', { ...this.#of(pause.customer, `dunning/${pause.customer}`), data: { pauseId: pause.pauseId, customerId: pause.customer, fromDate: this.today, toDate: daysAfter(this.today, 2), reason: 'flood' } }));
        return;
      }
      case 'resume': {
        const pause = dice.of(this.#pauses.filter((p) => p.open));
        if (!pause) return;
        pause.open = false;
        this.service.note(await reminders.tell('DunningResumed', { ...this.#of(pause.customer, `dunning/${pause.customer}`), data: { pauseId: pause.pauseId, customerId: pause.customer, resumedOn: this.today, reason: 'dry again' } }));
        return;
      }
      case 'rate': {
        const exchange = { source: 'ECB', rates: dice.once(4) ? [] : [{ currencyCode: 'USD', rate: dice.among('0.85', '0.95', '1.1') }] };
        this.service.note(await invoicing.tell('PolicyPublished', { ...this.#everyone(), data: { tenantId: this.tenant, kind: PolicyKind.EXCHANGE, version: ++this.#rates, validFrom: daysAfter(this.today, 1), policy: wirePolicies({ exchange }) } }));
        return;
      }
    }
  }

  #everyone() { return { tenant: this.tenant, customer: '', subject: `tenant/${this.tenant}`, on: this.today }; }
  #of(customer: string, subject: string) { return { tenant: this.tenant, customer, subject, on: this.today }; }
}
