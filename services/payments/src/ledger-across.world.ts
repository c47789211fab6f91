// The ledger of the tests with debts in another currency beside its own: the same customers' money settles them where a person says so.
import fc from 'fast-check';
import { daysAfter } from '@ar/domain/day.js';
import { bookedOn } from './domain/in-base.js';
import { itemsOf } from './domain/documents.js';
import { exchangeOn, type Rates } from './ledger-rules.world.js';
import { World } from './ledger.world.js';
import { finishVoid, postInvoice, voidInvoice } from './open-items.commands.js';
import { applyReceipt, reverseReceipt, unapplyReceipt } from './payments.commands.js';

export type ActAcross =
  | { readonly act: 'owe'; readonly who: number; readonly minor: number; readonly back: number }
  | { readonly act: 'pay'; readonly which: number; readonly item: number; readonly minor: number; readonly spent: number; readonly byRate: boolean }
  | { readonly act: 'back'; readonly which: number; readonly reverses: boolean }
  | { readonly act: 'void'; readonly which: number };

const n = fc.nat(20);
export const actsAcross: fc.Arbitrary<readonly ActAcross[]> = fc.array(fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constant('owe' as const), who: n, minor: fc.integer({ min: 1, max: 300 }), back: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('pay' as const), which: n, item: n, minor: fc.integer({ min: 1, max: 200 }), spent: fc.integer({ min: 1, max: 200 }), byRate: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('back' as const), which: n, reverses: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('void' as const), which: n }) },
), { maxLength: 6 });

export class WorldAcross extends World {
  readonly #debts: { readonly customer: string; readonly documentId: string; isVoid: boolean }[] = [];
  constructor(currency: string, rates: Rates, readonly other: string, readonly ratesOfOther: Rates) { super(currency, rates); }

  doAcross(act: ActAcross): void {
    const currency = this.other;
    switch (act.act) {
      case 'owe': {
        const [customer, issuedOn, documentId] = [this.accounts()[act.who % 2]!, daysAfter(this.today, -act.back), `inv_o${this.#debts.length + 1}`];
        const booking = bookedOn({ minor: act.minor, currency }, issuedOn, { today: issuedOn, exchange: exchangeOn(issuedOn, currency, this.ratesOfOther), rates: { base: 'EUR' } });
        const items = itemsOf({ invoiceId: documentId, number: `O-${documentId}`, externalNumber: '', paymentReference: '', issuedOn, taxMinor: 0, instalments: [{ seq: 1, dueOn: issuedOn, minor: act.minor }], ...(booking ? { booking } : {}) });
        this.#debts.push({ customer, documentId, isVoid: false });
        this.run(postInvoice, { customer, currency, items, orderNumber: '', externalNumber: '', paymentReference: '' }, undefined);
        return;
      }
      case 'pay': {
        const receiptId = this.receipts[act.which % Math.max(1, this.receipts.length)];
        const state = receiptId === undefined ? undefined : this.receipt(receiptId);
        if (!receiptId || !state || state.status === 'none') return;
        const open = this.account(state.customer, currency).items.values();
        const item = open[act.item % Math.max(1, open.length)];
        if (!item) return;
        const exchange = act.byRate ? { minor: null, currency: '', rate: '1.37' } : { minor: act.spent, currency: this.currency, rate: '' };
        this.run(applyReceipt, { receiptId, shares: [{ itemId: item.itemId, minor: act.minor, currency }], exchange }, { documents: [], rates: { base: 'EUR' } });
        return;
      }
      case 'back': {
        const groups = this.receipts.flatMap((receiptId) => { const s = this.receipt(receiptId); return s.status === 'recorded' ? Object.keys(s.groups).filter((id) => s.exchanges?.[id]).map((groupId) => ({ receiptId, groupId })) : []; });
        const group = groups[act.which % Math.max(1, groups.length)];
        if (group && act.reverses) this.run(reverseReceipt, { receiptId: group.receiptId, kind: 'return', code: 'AM04', reason: 'no funds', effectiveOn: '' }, undefined);
        else if (group) this.run(unapplyReceipt, { ...group, reason: 'mistake', effectiveOn: '' }, undefined);
        return;
      }
      case 'void': {
        const keysOf = (documentId: string) => this.receipts.filter((id) => { const s = this.receipt(id); return s.status === 'recorded' && Object.values(s.groups).flat().some((a) => a.item.documentId === documentId); });
        const standing = this.#debts.filter((d) => !d.isVoid);
        const paid = standing.filter((d) => keysOf(d.documentId).length > 0);
        const among = paid.length > 0 ? paid : standing;
        const debt = among[act.which % Math.max(1, among.length)];
        if (!debt) return;
        debt.isVoid = true;
        const { customer, documentId } = debt;
        this.run(voidInvoice, { customer, currency, documentId, instalments: 1, voidOn: this.today }, undefined);
        this.run(finishVoid, { customer, currency, documentId, voidOn: this.today }, { keys: keysOf(documentId), writeOffs: [] });
      }
    }
  }
}
