// A random history of one tenant against the running service: waves of what several callers ask at once, each in its own order, while other services tell and days begin.
import { BankMessage } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { RegisterBankAccountRequest } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { BatchItem, BatchRequest, type BatchResponse } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { CollectedBy, MandateScheme } from '@ar/contracts/gen/ar/payments/v1/debit.js';
import { RegisterMandateRequest } from '@ar/contracts/gen/ar/payments/v1/mandate_service.js';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { daysAfter } from '@ar/domain/day.js';
import { neverChange, type Past, ties, whenever } from './ledger-checks.world.js';
import { Dice } from './ledger-dice.world.js';
import { FIRST_DAY, policiesOf, TenantElsewhere, type Told, TOLD } from './ledger-elsewhere.world.js';
import { ACCOUNTS, type FileAct, FILES, FilesOf } from './ledger-files.world.js';
import { type Call, type Knowing, OFTEN, requests } from './ledger-requests.world.js';
import { look, type Seen } from './ledger-seen.world.js';
import type { Came, LedgerService } from './ledger-service.world.js';

export interface Ask { readonly call: Call; readonly dice: readonly number[] }
/** `at`: which process it talks to. `together`: all at once; else one after the other; `batch`: as one Batch. `again`: of what was accepted before, by that number, and again at the same time where `twice`. */
export interface Caller { readonly at: number; readonly how: 'together' | 'in-turn' | 'batch'; readonly asks: readonly Ask[]; readonly again: readonly number[]; readonly twice: boolean }
export interface Brought { readonly what: FileAct; readonly dice: readonly number[] }
export interface Wave { readonly callers: readonly Caller[]; readonly files: readonly Brought[]; readonly told: readonly { readonly what: Told; readonly dice: readonly number[] }[]; readonly day: 'same' | 'begins' | 'begins-for-some' }

const CALLS = Object.keys(requests) as Call[];
const dice = fc.array(fc.nat(9_999), { minLength: 12, maxLength: 12 });
const ask = (more: readonly string[]): fc.Arbitrary<Ask> => fc.record({ call: fc.oneof(...CALLS.map((call) => ({ weight: (OFTEN[call] ?? 1) * (more.includes(call) ? 8 : 1), arbitrary: fc.constant(call) }))), dice });
const caller = (more: readonly string[]): fc.Arbitrary<Caller> => fc.record({ at: fc.nat(1), how: fc.constantFrom('together' as const, 'together' as const, 'in-turn' as const, 'batch' as const), asks: fc.array(ask(more), { minLength: 4, maxLength: 12, size: 'max' }), again: fc.array(fc.nat(9_999), { maxLength: 2 }), twice: fc.nat(3).map((n) => n === 0) });
const wave = (more: readonly string[]): fc.Arbitrary<Wave> => fc.record({
  callers: fc.array(caller(more), { minLength: 2, maxLength: 5, size: 'max' }), files: fc.array(fc.record({ what: fc.constantFrom(...FILES), dice }), { minLength: 1, maxLength: 4, size: 'max' }),
  told: fc.array(fc.record({ what: fc.constantFrom(...TOLD), dice }), { minLength: 1, maxLength: 9, size: 'max' }),
  day: fc.constantFrom('same' as const, 'begins' as const, 'begins' as const, 'begins-for-some' as const),
});
/** Small numbers are no more likely than others: they stand for choices. `more`: calls that are asked eight times as often. */
export const histories = (waves: number, more: readonly string[] = []): fc.Arbitrary<readonly Wave[]> => fc.noBias(fc.array(wave(more), { minLength: Math.ceil(waves / 2), maxLength: waves, size: 'max' }))
  .map((all) => Object.assign(all, { [fc.toStringMethod]: () => `${all.length} waves: what was asked in them, and what came of it, is told below` }));

interface Asked { readonly call: Call; readonly item: NonNullable<BatchItem['command']> }
interface Accepted { readonly call: Call; readonly request: unknown; readonly answer: unknown }
type Answer = { position?: Position | undefined };

export class Run {
  readonly #accepted: Accepted[] = [];
  readonly #past: Past[] = [];
  /** What was asked and what came of it, for who has to find out what went wrong. */
  readonly story: string[] = [];
  readonly #elsewhere: TenantElsewhere;
  #seen: Seen;
  #fresh = 0;
  readonly #files: FilesOf;
  private constructor(private readonly service: LedgerService, readonly tenant: string, elsewhere: TenantElsewhere, seen: Seen) {
    [this.#elsewhere, this.#seen, this.#files] = [elsewhere, seen, new FilesOf(service, tenant)];
  }

  /** The n-th tenant, with the n-th policies, an account at a bank and mandates of its customers. */
  static async begin(service: LedgerService, n: number): Promise<Run> {
    const tenant = `t${n}`;
    const elsewhere = new TenantElsewhere(service, tenant);
    await elsewhere.begin(policiesOf(n));
    const asked = (requestId: string) => ({ tenantId: tenant, requestId, actor: 'anna', reason: 'to begin with', minPosition: service.reached });
    await service.wish('registerBankAccount', RegisterBankAccountRequest.fromPartial({ ...asked('account'), accountNumber: ACCOUNTS[0], currencyCode: 'EUR', bookingMessage: BankMessage.CAMT_053 } as never), 0);
    for (const [customerId, collectedBy, autopay] of [['c1', CollectedBy.FILE, false], ['c2', CollectedBy.PROVIDER, true], ['c3', CollectedBy.PROVIDER, false]] as const)
      await service.wish('registerMandate', RegisterMandateRequest.fromPartial({ ...asked(`mandate-${customerId}`), customerId, scheme: MandateScheme.SEPA_CORE, reference: `M-${customerId}`, signedDate: FIRST_DAY, debtor: { name: 'Ada Byron', iban: ACCOUNTS[0] }, collectedBy, autopay } as never), 0);
    return new Run(service, tenant, elsewhere, await look(service, tenant));
  }

  /** Everything at once, until nothing is under way; then everything has to tie. */
  async wave({ callers, files, told, day }: Wave): Promise<void> {
    this.story.push(`— a wave on ${this.#elsewhere.today}, the day ${day}`);
    const knowing: Knowing = { seen: this.#seen, invoices: [...this.#elsewhere.invoices], today: this.#elsewhere.today, fresh: () => ++this.#fresh };
    const asked = callers.map(({ asks }) => asks.flatMap((a) => this.#requestOf(a, knowing)));
    const reading = this.#readsMeanwhile();
    await Promise.all([this.#told(told, day), ...files.map((f, i) => this.#brings(f, knowing, i)), ...callers.map((c, i) => this.#callerAsks(c, asked[i]!)), reading]);
    if (day === 'begins-for-some') await this.#elsewhere.openDay(this.#elsewhere.today, 'rest');
    await this.#check();
  }

  /** Past answers, at the end: all of the first wave, and every seventh of the others. */
  async end(): Promise<void> { await neverChange(this.service, this.past, 0); }
  get past(): readonly Past[] { return this.#past.filter((_, i) => i < 60 || i % 7 === 0); }

  /** Reports tie while all that goes on. */
  async #readsMeanwhile(): Promise<void> { this.#past.push(...await whenever(this.service, this.tenant, this.#elsewhere.today)); }

  async #brings({ what, dice: numbers }: Brought, knowing: Knowing, at: number): Promise<void> {
    const came = await this.#files.bring(what, knowing, new Dice(numbers), at);
    if (came) this.story.push(`${what} → ${'refused' in came ? came.words : text(came.answer)}`);
  }

  async #told(told: Wave['told'], day: Wave['day']): Promise<void> {
    const seen = this.#seen;
    const half = Math.floor(told.length / 2);
    for (const [i, { what, dice: numbers }] of told.entries()) {
      if (i === half) await this.#dayBegins(day);
      this.story.push(`told: ${what}`);
      await this.#elsewhere.tell(what, new Dice(numbers), seen);
    }
  }
  async #dayBegins(day: Wave['day']): Promise<void> {
    if (day !== 'same') await this.#elsewhere.openDay(daysAfter(this.#elsewhere.today, 1), day === 'begins' ? undefined : 'first');
  }

  #requestOf({ call, dice: numbers }: Ask, knowing: Knowing): readonly Asked[] {
    const with_ = new Dice(numbers);
    const made = requests[call](knowing, with_);
    if (made === undefined) return [];
    const stale = with_.once(40) ? { expectedVersion: 9_999n } : {};
    const asks = { tenantId: this.tenant, requestId: `r-${++this.#fresh}`, actor: with_.among('anna', 'otto'), reason: 'as agreed', ...(with_.once(3) ? { minPosition: this.service.reached } : {}), ...stale, ...made };
    return [{ call, item: BatchItem.fromPartial({ command: { $case: call, value: asks } } as never).command! }];
  }

  async #callerAsks({ at, how, again, twice }: Caller, items: readonly Asked[]): Promise<void> {
    const once = ({ call, item }: Asked) => this.#ask(call, item.value, at);
    const retries = again.flatMap((n) => (this.#accepted.length === 0 ? [] : [this.#accepted[n % this.#accepted.length]!])).map((a) => () => this.#again(a, at + 1));
    switch (how) {
      case 'together': await Promise.all([...items.map(once), ...(twice ? items.map(({ call, item }) => this.#ask(call, item.value, at + 1)) : []), ...retries.map((r) => r())]); return;
      case 'in-turn': for (const item of items) await once(item); for (const retry of retries) await retry(); return;
      case 'batch': if (items.length > 0) await this.#askAll(items, at); await Promise.all(retries.map((r) => r())); return;
    }
  }

  async #ask(call: Call, request: unknown, at: number): Promise<void> { this.#note(call, request, await this.service.wish<Answer>(call, request, at)); }

  async #askAll(items: readonly Asked[], at: number): Promise<void> {
    const came = await this.service.wish<BatchResponse>('batch', BatchRequest.fromPartial({ tenantId: this.tenant, items: items.map(({ item }) => ({ command: item })) } as never), at);
    if ('refused' in came) throw new Error(`a batch was refused as a whole: ${came.words}`);
    for (const [i, { call, item }] of items.entries()) {
      const { answer } = came.answer.answers[i]!;
      if (!answer) throw new Error(`${call} of a batch has no answer`);
      this.#note(call, item.value, answer.$case === 'error' ? this.service.named(call, answer.value) : { answer: answer.value as Answer });
    }
  }

  /** The same request gets the same answer, whoever else asked what meanwhile. */
  async #again({ call, request, answer }: Accepted, at: number): Promise<void> {
    const came = await this.service.wish<Answer>(call, request, at);
    if (!('answer' in came) || !isSame(came.answer, answer)) throw new Error(`${call} was answered with ${text(answer)} first, and with ${text(came)} when it was asked again: ${text(request)}`);
  }

  #note(call: Call, request: unknown, came: Came<Answer>): void {
    const { requestId } = request as { readonly requestId: string };
    this.story.push(`${call} ${text(request)} → ${'refused' in came ? came.words : 'done'}`);
    if ('refused' in came) return;
    const before = this.#accepted.find((a) => (a.request as { readonly requestId: string }).requestId === requestId);
    if (!before) { this.#accepted.push({ call, request, answer: came.answer }); return; }
    if (!isSame(before.answer, came.answer)) throw new Error(`${call} was answered with ${text(before.answer)} and with ${text(came.answer)} at the same time: ${text(request)}`);
  }

  async #check(): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      const found = await ties(this.service, this.tenant, this.#elsewhere.today, () => look(this.service, this.tenant));
      if (!found) continue; // something was recorded meanwhile, of what the provider was asked about
      this.#seen = found.seen;
      this.#past.push(...found.past);
      return;
    }
    throw new Error('something is under way again and again');
  }
}

/** But for the token of a pay link, which a batch leaves out. */
const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual({ ...a as object, token: '' }, { ...b as object, token: '' });
const text = (of: unknown): string => JSON.stringify(of, (key, value: unknown) => (typeof value === 'bigint' ? String(value) : ['tenantId', 'reason', 'minPosition'].includes(key) ? undefined : value));
