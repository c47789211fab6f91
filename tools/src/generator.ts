// A history of our own, from a seed: 2,500 invoices of 100 customers in two currencies, with everything that goes wrong in real life.
import { daysAfter, type Day } from '@ar/domain/day.js';
import { Plan, type History, type PlannedInvoice } from './history.js';

/** mulberry32: the same numbers from the same seed on every machine. */
function dice(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const CUSTOMERS = 100;
const INVOICES = 2_500;
const FIRST: Day = '2024-01-02';
const DAYS = 480;

export function generateHistory(seed = 20_240_102): History {
  const roll = dice(seed);
  const between = (from: number, to: number) => from + Math.floor(roll() * (to - from + 1));
  const customers = Array.from({ length: CUSTOMERS }, (_, i) => ({
    customerId: `C${String(i + 1).padStart(3, '0')}`, currency: i % 4 === 3 ? 'USD' : 'EUR', size: between(1, 40) * 10_000,
    /** days late on average; a few pay very late, a few early */ habit: i % 20 === 7 ? 95 : i % 10 === 3 ? 25 : i % 5 === 0 ? 8 : -4,
  }));
  const plan = new Plan();
  const open = new Map<string, PlannedInvoice[]>();
  for (let n = 1; n <= INVOICES; n++) {
    const customer = customers[between(0, CUSTOMERS - 1)]!;
    const issuedOn = daysAfter(FIRST, Math.floor(((n - 1) * DAYS) / INVOICES));
    const externalNumber = `G${String(n).padStart(5, '0')}`;
    const kind = roll();
    const how = roll();
    const offered = kind >= 0.03 && kind <= 0.985 && how >= 0.3 && how < 0.4; // 2 % for who pays within ten days
    const invoice: PlannedInvoice = {
      invoiceId: `inv_${externalNumber}`, externalNumber, customerId: customer.customerId, currency: customer.currency, minor: customer.size + between(0, 99_999), issuedOn, dueOn: daysAfter(issuedOn, 30),
      disputed: roll() < 0.04, ...(kind < 0.03 ? { shares: [{ days: 30, percent: '30' }, { days: 60, percent: '30' }, { days: 90, percent: '40' }] } : {}), ...(offered ? { discount: { days: 10, percent: '2' } } : {}),
    };
    plan.on(issuedOn).invoices.push(invoice);
    if (kind > 0.985) { plan.on(daysAfter(issuedOn, between(1, 5))).voids.push(invoice.invoiceId); continue; }
    const late = roll() < 0.05 ? between(91, 130) : Math.max(-25, customer.habit + between(-8, 12));
    const day = daysAfter(invoice.shares ? daysAfter(issuedOn, 90) : invoice.dueOn, late);
    const paying = plan.on(day).receipts;
    const receiptId = `rcp_${externalNumber}`;
    const base = { receiptId, customerId: customer.customerId, currency: customer.currency, minor: invoice.minor, remittance: `Invoice ${externalNumber}`, pays: [invoice.invoiceId] };
    if (how < 0.05) { // in two parts
      const part = Math.floor(invoice.minor / 3);
      paying.push({ ...base, minor: part, pays: [] });
      plan.on(daysAfter(day, between(5, 20))).receipts.push({ ...base, receiptId: `${receiptId}-2`, minor: invoice.minor - part });
    } else if (how < 0.09) paying.push({ ...base, minor: invoice.minor + between(1, 9) * 500 }); // too much
    else if (how < 0.14) paying.push({ ...base, remittance: 'thank you' }); // no reference
    else if (how < 0.17) paying.push({ ...base, remittance: `Invoice G${between(70_000, 99_999)}` }); // a reference to nothing
    else if (how < 0.2) paying.push({ ...base, customerId: '', identifiedAs: customer.customerId, remittance: 'transfer' }); // from nobody known
    else if (how < 0.28) { // one transfer for several invoices
      const together = open.get(customer.customerId) ?? [];
      together.push(invoice);
      open.set(customer.customerId, together);
      if (together.length === 3) {
        plan.on(day > together.map((i) => i.dueOn).sort().at(-1)! ? day : daysAfter(together.map((i) => i.dueOn).sort().at(-1)!, 2)).receipts.push({ ...base, minor: together.reduce((sum, i) => sum + i.minor, 0), remittance: together.map((i) => i.externalNumber).join(', '), pays: together.map((i) => i.invoiceId) });
        open.set(customer.customerId, []);
      }
    } else if (how < 0.3) { // comes back after six days, and again for good later
      paying.push(base);
      plan.on(daysAfter(day, 6)).returns.push(receiptId);
      plan.on(daysAfter(day, 6 + between(10, 40))).receipts.push({ ...base, receiptId: `${receiptId}-again` });
    } else if (offered && how < 0.37) { // takes the discount; the others do not care for it
      plan.on(daysAfter(issuedOn, between(4, 10))).receipts.push({ ...base, minor: invoice.minor - Math.round(invoice.minor / 50) });
    } else if (how >= 0.4 && how < 0.44 && !invoice.shares) { // a tenth of it arrived damaged: it is credited, and the rest is paid
      const minor = Math.floor(invoice.minor / 10);
      plan.on(daysAfter(issuedOn, between(2, 4))).credits.push({ creditNoteId: `crn_${externalNumber}`, invoiceId: invoice.invoiceId, currency: invoice.currency, minor });
      paying.push({ ...base, minor: invoice.minor - minor });
    } else paying.push(base);
  }
  for (const [i, { customerId }] of customers.entries()) if (i % 33 === 5) { // a person knows more than the rules
    plan.on(daysAfter(FIRST, 60 + i)).holds.push(customerId);
    plan.on(daysAfter(FIRST, 75 + i)).releases.push(customerId);
  }
  for (const [customerId, together] of open) if (together.length > 0) {
    const last = together.map((i) => i.dueOn).sort().at(-1)!;
    plan.on(daysAfter(last, 5)).receipts.push({ receiptId: `rcp_${customerId}-rest`, customerId, currency: together[0]!.currency, minor: together.reduce((sum, i) => sum + i.minor, 0), remittance: together.map((i) => i.externalNumber).join(' '), pays: together.map((i) => i.invoiceId) });
  }
  return plan.history(`${INVOICES} invoices of ${CUSTOMERS} customers, made from seed ${seed}`, 5);
}
