// What a bank's file says for a payer: an advice like any other, beside its receipt where the file brings that, by itself where another message books the money or none has moved.
import type { AnyStream, Asked, Decision, Tx } from '@ar/runtime/forms.js';
import { derivedId } from '@ar/domain/id.js';
import type { BankLine } from './bank/lines.js';
import { adviceOf } from './by-advice.js';
import { knownOfAdvices, type KnownOfAdvice, type RecordRemittanceAdvice, recordRemittanceAdvice, streamsOfAdvice } from './remittance.commands.js';
import type { KnownAdvice } from './projections/remittance-advices.js';

interface OfStatement { readonly bankAccountId: string; readonly currency: string }
interface Lines extends OfStatement { readonly lines: readonly BankLine[] }

/** The same for the same payment and lines, in whatever statement they come. */
const adviceFor = ({ currency }: OfStatement, line: BankLine): RecordRemittanceAdvice => ({
  adviceId: derivedId('rma', line.likeness, String(line.nth), line.advice!.digest), customer: '', currency, totalMinor: line.minor, paidOn: line.valueOn, reference: line.reference, payer: { name: line.name, iban: line.account, remittance: line.text }, lines: line.advice!.lines,
});

/** Of each line that says what it is for, as RecordRemittanceAdvice knows it. */
export async function knownOfBankAdvices(asked: readonly Pick<Asked<Lines>, 'tenant' | 'today' | 'policies' | 'request'>[], tx: Tx): Promise<readonly (readonly (KnownOfAdvice | undefined)[])[]> {
  const said = asked.flatMap(({ request, ...of }) => request.lines.filter((line) => line.advice).map((line) => ({ ...of, request: adviceFor(request, line) })));
  const known = said.length === 0 ? [] : [...await knownOfAdvices(said, tx)];
  return asked.map(({ request }) => request.lines.map((line) => (line.advice ? known.shift() : undefined)));
}

/** What the advices of some lines may need: reached for together, for a file has many. */
export const streamsOfAdvices = (on: Decision<unknown>, of: OfStatement, lines: readonly { readonly line: BankLine; readonly known: KnownOfAdvice | undefined }[]): readonly AnyStream[] =>
  lines.flatMap(({ line, known }) => (line.advice && known ? streamsOfAdvice(on, adviceFor(of, line), known) : []));

/** Without a receipt of its own: what became of it, and why. */
export function tellAdvice(on: Decision<unknown>, of: OfStatement, line: BankLine, known: KnownOfAdvice): readonly ['recognised' | 'duplicate' | 'ignored', string] {
  const request = adviceFor(of, line);
  if (line.minor === 0) return ['ignored', 'zero'];
  if (on.state(adviceOf(request.adviceId)).status !== 'none') return ['duplicate', 'remittance-advice'];
  recordRemittanceAdvice.decide(request, { ...on, known });
  return ['recognised', 'remittance-advice'];
}

/** With its receipt, which finds it in the same append. One that came before tells nothing new. */
export function announceOwn(on: Decision<unknown>, of: OfStatement, line: BankLine, known: KnownOfAdvice): KnownAdvice | undefined {
  const request = adviceFor(of, line);
  if (on.state(adviceOf(request.adviceId)).status === 'none') recordRemittanceAdvice.decide(request, { ...on, known: { ...known, receipts: [] } });
  const state = on.state(adviceOf(request.adviceId));
  if (state.status !== 'waiting') return undefined;
  const { customer, firstOn, lastOn, facts: { currency, totalMinor, reference, payer } } = state;
  return { adviceId: request.adviceId, customer, currency, totalMinor, reference, firstOn, lastOn, payer, known, others: [] };
}
