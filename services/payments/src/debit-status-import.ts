// What a bank says of our debits (pain.002), line by line: each is one command, so that one that cannot be recorded now stops no other, and the same request goes on where it ended.
import { createHash } from 'node:crypto';
import { DebitStatusEffect } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import type { DebitStatusLine, ImportDebitStatusResponse } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import { type Api, type Asker, furthest } from '@ar/platform/api.js';
import { type Accepted, Refused } from '@ar/runtime/commands.js';
import { txOf } from '@ar/runtime/decide.js';
import type { ToldDebit } from './bank/pain002.js';
import { type RecordDebitStatus, recordDebitStatus } from './debit-files.commands.js';
import { attemptsCalled } from './projections/debits.js';

/** What each status comes to; the others say that it is on its way. */
const BECAME: Readonly<Record<string, RecordDebitStatus['became']>> = { RJCT: 'declined', CANC: 'declined', ACSC: 'collected', ACCC: 'collected' };

export async function importDebitStatus(api: Api, told: readonly ToldDebit[], { tenant, requestId, meta }: Asker): Promise<ImportDebitStatusResponse> {
  const known = await api.runtime.live.read((client) => attemptsCalled(txOf(client), told.map(({ endToEndId }) => ({ tenant, endToEndId }))));
  const lines = told.map(({ endToEndId, status, code }, n): DebitStatusLine => ({ endToEndId, bankStatus: status, code, debitId: known[n]?.debitId ?? '', effect: known[n] ? DebitStatusEffect.KNOWN : DebitStatusEffect.NOT_OURS }));
  const calls = told.flatMap(({ endToEndId, status, code, reference }, n) => {
    const [of, became] = [known[n], BECAME[status]];
    if (!of || !became) return [];
    const { debitId, attempt, customer, currency, mandateId } = of;
    const request: RecordDebitStatus = { debitId, attempt, customer, currency, mandateId, became, code, hard: true, kind: 'return', reference, reason: `${status} ${code}`.trim() };
    const hash = createHash('sha256').update(JSON.stringify([recordDebitStatus.name, endToEndId, status, code])).digest();
    return [{ n, call: { tenant, customer, command: recordDebitStatus, request, key: `${tenant}/~debits/${requestId}/${n}`, hash, meta } }];
  });
  api.inTime();
  const reached: Accepted['position'][] = [];
  const answers = await api.runtime.commands.executeAll(calls.map((c) => c.call));
  for (const [i, answer] of answers.entries()) {
    const line = lines[calls[i]!.n]!;
    if (answer instanceof Refused) { line.effect = DebitStatusEffect.WAITS; continue; }
    if (answer instanceof Error) throw answer;
    if (answer.events.length > 0) line.effect = DebitStatusEffect.RECORDED;
    reached.push(answer.position);
  }
  return { lines, position: furthest(reached) };
}
