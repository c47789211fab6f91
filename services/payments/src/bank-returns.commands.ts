// What banks took back: the receipt that it was is reversed, in one append with saying so; or a person says that it was none of ours.
import type { Command } from '@ar/runtime/forms.js';
import { receiptOf } from './applying.js';
import { returnOf } from './bank.commands.js';
import type { MatchedBy } from './domain/bank-return.js';
import { reverseReceipt } from './payments.commands.js';

export interface MatchBankReturn { readonly returnId: string; readonly receiptId: string; readonly matchedBy: MatchedBy; readonly by: string; readonly reason: string }

export const matchBankReturn: Command<MatchBankReturn> = {
  name: 'match-bank-return',
  streams: ({ returnId, receiptId }) => [returnOf(returnId), receiptOf(receiptId)],
  decide({ returnId, receiptId, ...how }, on) {
    const [of, money] = [on.state(returnOf(returnId)), on.state(receiptOf(receiptId))];
    const { currency, minor } = money.status === 'none' ? { currency: '', minor: 0 } : { currency: money.facts.currency, minor: money.facts.receivedMinor };
    if (of.status !== 'open' || money.status !== 'none') on.run(returnOf(returnId), { type: 'Match', returnId, receiptId, receipt: { currency, minor }, ...how });
    const { bookedOn, code, reason } = of.status === 'none' ? { bookedOn: '', code: '', reason: 'return' } : of;
    const shares = money.status === 'recorded' ? Object.keys(money.passed ?? {}).map(receiptOf) : [];
    on.reach(shares);
    const usedOn = [money, ...shares.map((share) => on.state(share))].flatMap((m) => (m.status === 'none' ? [] : [m.facts.valueOn, ...Object.values(m.groups).flat().map((a) => a.effectiveOn)]));
    const effectiveOn = usedOn.some((day) => day > bookedOn) ? '' : bookedOn; // what was used later cannot go back before
    // A bank that takes its own booking back without saying why has mended a mistake: nobody is charged for it.
    reverseReceipt.decide({ receiptId, kind: reason === 'reversal' && code === '' ? 'error' : 'return', code, reason: how.reason, effectiveOn, outsideWindow: true }, on);
  },
};

export interface DismissBankReturn { readonly returnId: string; readonly by: string; readonly reason: string }

export const dismissBankReturn: Command<DismissBankReturn> = {
  name: 'dismiss-bank-return',
  streams: ({ returnId }) => [returnOf(returnId)],
  decide: ({ returnId, by, reason }, on) => void on.run(returnOf(returnId), { type: 'Dismiss', returnId, by, reason }),
};
