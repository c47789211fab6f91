// How the members of a group share the partitions of a log in Postgres.
//
// - A member is a session. Every second it says that it lives and hears who else does; partition p is read by member p modulo their number, oldest first.
// - Who reads a partition holds a session lock on it: with its connection it loses the lock, and another member takes the partition over.
// - A member that goes is forgotten at once; one that is silent for ten seconds is ended by the others.
// - Two members may still work on one partition for a moment, when a connection breaks in the middle of a batch: the reader's database decides whose work counts.
import pg from 'pg';
import { asError, type ConsumeOptions, type Consumption, type Handlers, MAX_BATCH, PAUSE_MS } from './event-log.js';
import { CHANNEL, page, type Query } from './postgres-schema.js';
import { rest, type Signal, signal } from './signal.js';

const BEAT_MS = 1_000;
const SILENT = '10 seconds';
/** A member that waits for another to let go of a partition asks again after this time, if no notification came before. */
const CONTENDED_MS = 100;
/** A net below the notifications. */
const POLL_MS = 1_000;

/** The one connection of a member; its statements wait for each other. */
interface Session { readonly client: pg.Client; readonly lost: AbortSignal; readonly query: Query }
interface Held { readonly taken: AbortController; readonly wake: Signal; done: Promise<void> }

export async function consumePostgres(connection: pg.ClientConfig, partitions: number, group: string, handlers: Handlers, { max = MAX_BATCH, onError }: ConsumeOptions): Promise<Consumption> {
  const stopping = new AbortController();
  const held = new Map<number, Held>();
  const membership = signal();
  let failure: Error | undefined;

  const report = (thrown: unknown) => onError?.(asError(thrown));

  async function connect(): Promise<Session> {
    const client = new pg.Client({ ...connection, application_name: `ar-log ${group}`.slice(0, 63), query_timeout: 5_000 });
    const lost = new AbortController();
    const lose = (error?: Error) => {
      if (lost.signal.aborted) return;
      lost.abort();
      if (!stopping.signal.aborted) failure = error ?? new Error('the connection to the event log was lost');
      for (const partition of held.values()) partition.taken.abort();
      for (const wait of [membership, ...[...held.values()].map((h) => h.wake)]) wait.wake();
    };
    client.on('error', lose);
    client.on('end', () => lose());
    client.on('notification', ({ payload = '' }) => {
      if (payload === `group:${group}`) return membership.wake();
      if (!payload.startsWith('group:')) for (const partition of payload.split(',')) held.get(Number(partition))?.wake.wake();
    });
    await client.connect();
    let last: Promise<unknown> = Promise.resolve();
    const query: Query = (statement) => {
      const answer = last.then(() => client.query(statement));
      last = answer.catch(() => undefined); // its caller hears of it
      return answer;
    };
    await query({ text: 'set synchronous_commit = off' }); // it writes nothing but its membership
    await query({ text: `listen ${CHANNEL}` });
    return { client, lost: lost.signal, query };
  }

  async function readPartition(query: Query, partition: number, { taken, wake }: Held): Promise<void> {
    const revoked = () => taken.signal.aborted;
    const heartbeat = async () => { if (revoked()) throw new Error(`partition ${partition} was taken away`); }; // the session itself keeps the assignment alive
    let next: bigint | undefined;
    while (!revoked()) {
      try {
        next ??= await notBeyondTheEnd(query, partition, await handlers.startAt(partition));
        const records = revoked() ? [] : await page(query, partition, next, max);
        if (records.length === 0) { await wake.wait(POLL_MS); continue; }
        if (revoked()) return;
        await handlers.onBatch({ partition, records, revoked, heartbeat });
        next = records.at(-1)!.offset + 1n;
      } catch (error) {
        next = undefined;
        report(error);
        await rest(PAUSE_MS, taken.signal);
      }
    }
  }

  async function notBeyondTheEnd(query: Query, partition: number, start: bigint): Promise<bigint> {
    const { rows } = await query<{ next: string }>({ text: 'select next from ar_log.head where partition = $1', values: [partition] });
    if (start > BigInt(rows[0]!.next)) throw new Error(`the log ends before ${start} in partition ${partition}, where reading should go on`);
    return start;
  }

  function take({ query, lost }: Session, partition: number): void {
    const one: Held = { taken: new AbortController(), wake: signal(), done: Promise.resolve() };
    held.set(partition, one);
    one.done = readPartition(query, partition, one).finally(async () => {
      held.delete(partition);
      if (lost.aborted) return; // the lock went with the connection
      await query({ text: `select pg_advisory_unlock(hashtext('ar_log/' || $1), $2), pg_notify('${CHANNEL}', 'group:' || $1)`, values: [group, partition] }).catch(report);
    });
  }

  const letGo = (one: Held) => { one.taken.abort(); one.wake.wake(); };

  /** One session, until it is lost or all of it stops. */
  async function live(session: Session): Promise<void> {
    const { query, lost } = session;
    let before = -1;
    while (!lost.aborted && !stopping.signal.aborted) {
      const members = (await query<{ mine: boolean }>({ name: 'ar_log.beat', text: 'select mine from ar_log.beat($1, $2)', values: [group, SILENT] })).rows;
      const me = members.findIndex((member) => member.mine);
      if (members.length !== before) await query({ text: `select pg_notify('${CHANNEL}', 'group:' || $1)`, values: [group] });
      before = members.length;
      let contended = false;
      for (let partition = 0; partition < partitions; partition++) {
        const mine = me >= 0 && partition % members.length === me;
        const one = held.get(partition);
        if (one && !mine) letGo(one);
        if (mine && one?.taken.signal.aborted) contended = true; // let go a moment ago and not out of it yet
        if (!mine || one) continue;
        const { rows } = await query<{ locked: boolean }>({ text: `select pg_try_advisory_lock(hashtext('ar_log/' || $1), $2) locked`, values: [group, partition] });
        if (rows[0]!.locked) take(session, partition); else contended = true;
      }
      failure = undefined;
      await membership.wait(contended ? CONTENDED_MS : BEAT_MS);
    }
  }

  async function leave({ client, lost, query }: Session): Promise<void> {
    const reading = [...held.values()];
    for (const one of reading) letGo(one);
    await Promise.all(reading.map((one) => one.done));
    if (!lost.aborted) {
      const text = `with gone as (delete from ar_log.member where group_name = $1 and pid = pg_backend_pid()) select pg_notify('${CHANNEL}', 'group:' || $1)`;
      await query({ text, values: [group] }).catch(report);
    }
    // A server that does not answer would not answer the good-bye either.
    const hangUp = setTimeout(() => (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy(), 2_000);
    await client.end().catch(report).finally(() => clearTimeout(hangUp));
  }

  const first = await connect();
  const running = (async () => {
    let session: Session | undefined = first;
    while (!stopping.signal.aborted) {
      try {
        session ??= await connect();
        await live(session);
        if (failure) report(failure);
      } catch (error) {
        failure = asError(error);
        report(error);
      }
      if (session) await leave(session);
      session = undefined;
      await rest(PAUSE_MS, stopping.signal);
    }
  })();

  return {
    assigned: () => [...held].filter(([, one]) => !one.taken.signal.aborted).map(([partition]) => partition).sort((a, b) => a - b),
    failure: () => failure,
    async stop() {
      stopping.abort();
      for (const one of held.values()) letGo(one);
      membership.wake();
      await running;
    },
  };
}
