// The five services in one process, where nothing runs by itself: what was recorded is published, and what was published is read in batches of a given size,
// when the script says so. Two runs of one script then differ in nothing but what must make no difference. Stores, log, consumers and effects are the real ones;
// only the moment of publishing, which the relay would choose, is the script's.
import type { Accepted } from '@ar/runtime/commands.js';
import { encode, splitKey } from '@ar/runtime/cloud-event.js';
import { txOf } from '@ar/runtime/decide.js';
import { Effects } from '@ar/runtime/effects.js';
import type { AnyCommand, Command, Service } from '@ar/runtime/forms.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { call, until } from '@ar/runtime/toy.world.js';
import type { EventLog, NewRecord } from '@ar/event-log/event-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { read } from '@ar/event-store/store.js';
import type { Postgres } from '@ar/testing/postgres.js';
import { startSmtp, type SmtpSink } from '@ar/testing/smtp.js';
import { collections } from '../../services/collections/src/collections.service.js';
import { credit } from '../../services/credit/src/credit.service.js';
import { invoicing } from '../../services/invoicing/src/invoicing.service.js';
import { paymentsWith } from '../../services/payments/src/payments.service.js';
import { sandboxProvider } from '../../services/payments/src/sandbox-provider.js';
import { reminders } from '../../services/reminders/src/reminders.service.js';

export type Name = 'invoicing' | 'credit' | 'payments' | 'reminders' | 'collections';

export interface FiveOptions {
  readonly postgres: Postgres;
  readonly partitions: number;
  /** Records that a consumer is handed at once. */
  readonly batch: number;
  /** Reads the last partition first. */
  readonly backwards?: boolean;
}

export interface FiveServices {
  readonly services: readonly Service[];
  readonly runtimes: Readonly<Record<Name, ServiceRuntime>>;
  readonly log: EventLog;
  readonly smtp: SmtpSink;
  /** Whatever a part complained of, which none should. */
  readonly errors: readonly Error[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it has to know
  ask<R>(name: Name, command: Command<R, any>, request: R): Promise<Accepted>;
  /** Publishes and reads until there is nothing more to read. */
  readOn(): Promise<void>;
  /** Does what is to be done outside now, and asks about what is unknown; outcomes are recorded, and not read yet. Answers how many there were. Mails of reminders or of the documents of invoicing; payouts of refunds. */
  sendMail(of?: 'reminders' | 'invoicing' | 'payments'): Promise<number>;
  stop(): Promise<void>;
}

const OUTCOMES = ['ReminderSent', 'ReminderFailed', 'ReminderUnknown', 'ReminderSuppressed', 'DebitNoticeSent', 'DebitNoticeFailed', 'DebitNoticeUnknown', 'DebitNoticeSuppressed', 'DeliverySent', 'DeliveryFailed', 'DeliveryUnknown', 'DeliverySuppressed', 'RefundPaid', 'RefundFailed', 'RefundUnknown'];
const LATE = '9999-12-31T00:00:00Z';

export async function startFive({ postgres, partitions, batch, backwards = false }: FiveOptions): Promise<FiveServices> {
  const smtp = await startSmtp();
  const log = await openPostgresLog({ url: await postgres.database(), partitions });
  const errors: Error[] = [];
  const onError = (error: Error) => errors.push(error);
  const services = [invoicing(smtp.url), credit, paymentsWith(sandboxProvider()), reminders(smtp.url), collections];
  const runtimes = {} as Record<Name, ServiceRuntime>;
  const of = ({ name }: Service) => runtimes[name as Name];
  for (const service of services) {
    const { ownerUrl, url } = await postgres.store();
    await migrateService(ownerUrl, 'ar_service');
    runtimes[service.name as Name] = new ServiceRuntime({ service, url, log, role: 'api', clock: 'simulated', connections: 8, onError });
    await of(service).start();
  }

  const order = Array.from({ length: partitions }, (_, p) => (backwards ? partitions - 1 - p : p));
  const published = new Map<string, number>();
  const sent = new Map<string, number>();
  /** What the relay does with a batch, at the moment that the script chooses. */
  async function publish(service: Service): Promise<void> {
    const { name, publisher } = service;
    for (;;) {
      const events = await read(of(service).pool, published.get(name) ?? 0, 500);
      if (events.length === 0) return;
      const records: NewRecord[] = [];
      for (const event of events) for (const partition of splitKey(event.partitionKey)[1] === '' ? order : [log.partitionOf(event.partitionKey)]) {
        const lane = `${name}/${partition}`;
        records.push({ partition, key: event.partitionKey, ...encode(name, publisher, event, sent.get(lane) ?? 0, 'binary') });
        sent.set(lane, event.sequence);
      }
      await log.publish(records);
      published.set(name, events.at(-1)!.sequence);
      await of(service).pool.query('update es.relay set sequence = $1', [events.at(-1)!.sequence]); // a report first waits until all that it is about is in the log
    }
  }

  const next = new Map<string, bigint>();
  /** One service reads what is in the log by now. False when it had read it. */
  async function readNews(service: Service, ends: ReadonlyMap<number, bigint>): Promise<boolean> {
    let news = false;
    for (const partition of order) {
      const from = next.get(`${service.name}/${partition}`) ?? 0n;
      if (from >= ends.get(partition)!) continue;
      await log.read(partition, from, (records) => of(service).consumer.consume(partition, records), batch);
      next.set(`${service.name}/${partition}`, ends.get(partition)!);
      news = true;
    }
    return news;
  }

  return {
    services, log, smtp, errors, runtimes,
    ask: (name, command, request) => runtimes[name].commands.execute(call(command as AnyCommand, request)),
    async readOn() {
      for (let news = true; news;) {
        for (const service of services) await publish(service);
        const ends = await log.ends();
        news = (await Promise.all(services.map((service) => readNews(service, ends)))).some(Boolean);
      }
    },
    async sendMail(of: 'reminders' | 'invoicing' | 'payments' = 'reminders') {
      const { live, commands, options: { service, url }, pool } = runtimes[of];
      const sent = of === 'reminders' ? service.effects : service.effects.slice(0, 1); // the debits of payments are attempted by the script
      const due = await live.transaction(async (client) => { const found = []; for (const effect of sent) found.push(...await effect.todo(txOf(client), LATE, 1_000)); return found; });
      if (due.length === 0) return 0;
      const effects = new Effects({ service, url, live, commands, now: () => LATE, onError });
      effects.start();
      await until('every message has an outcome', async () => (await pool.query<{ n: number }>(
        `select count(*)::int n from es.event join unnest($1::text[], $2::int[], $3::text[]) due(key, attempt, state) on coalesce(data->>'effectKey', data->>'deliveryId', data->>'refundId') = key and (data->>'attempt')::int = attempt
          where type = any($4) and not (state = 'unknown' and type = 'RefundUnknown')`,
        [due.map((d) => d.key), due.map((d) => d.attempt), due.map((d) => d.state), OUTCOMES])).rows[0]!.n === due.length);
      await effects.stop();
      return due.length;
    },
    async stop() {
      for (const runtime of Object.values(runtimes)) await runtime.stop();
      await log.close();
      await smtp.stop();
    },
  };
}
