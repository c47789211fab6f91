// `npm run demo`: a real history, or one from a seed, lived through day by day by the public API; then what a head of receivables would look for, and what must always hold.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { daysAfter, isDay, type Day } from '@ar/domain/day.js';
import { GetWorklistRequest, type CollectionCase } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { connect, promised, type Clients } from './clients.js';
import { checkInvariants } from './invariants.js';
import { generateHistory } from './generator.js';
import { HistoryProblem, readHistory, type DateOrder, type History } from './history.js';
import { CannotStart, SERVICES, startInstallation, type Installation, type ServiceName } from './installation.js';
import { type CashFound, cashOf, type Documents, documentsOf, findings, averageDaysLate, kept, sent, toJson, measuresOf } from './receivables.js';
import { NeverQuiet } from './quiet.js';
import { replay } from './replay.js';
import { tell } from './told.js';

const HELP = `npm run demo -- [options]

  --invoices FILE     CSV with the columns of the IBM accounts-receivable history; without it, 2,500 invoices are made from a seed
  --date-order ORDER  dmy, mdy or ymd; without it, the only order that fits all rows
  --aging-at D1,D2    days of the aging report, YYYY-MM-DD; without it, the ends of the quarters
  --kafka             the event log on Apache Kafka (AR_KAFKA_BROKERS, or started here: a Docker engine, or Java 17 and mvn)
  --target ADDRESS    a running installation: the gRPC address of invoicing, the others on the next ports; its clock must be simulated
  --json OUT          writes the figures
  --until DAY         ends the history early
  --port-base N       first of the hundred ports of its own installation; 7500 without it
`;

function options() {
  try {
    const { values } = parseArgs({ options: { invoices: { type: 'string' }, 'date-order': { type: 'string' }, 'aging-at': { type: 'string' }, kafka: { type: 'boolean' }, target: { type: 'string' }, json: { type: 'string' }, until: { type: 'string' }, 'port-base': { type: 'string', default: '7500' }, help: { type: 'boolean' } } });
    if (values.help) { process.stdout.write(HELP); process.exit(0); }
    const order = values['date-order'];
    if (order !== undefined && !['dmy', 'mdy', 'ymd'].includes(order)) throw new Error('--date-order must be dmy, mdy or ymd');
    const agingAt = values['aging-at']?.split(',');
    if (agingAt?.some((d) => !isDay(d))) throw new Error('--aging-at must be days, YYYY-MM-DD,YYYY-MM-DD');
    if (values.target !== undefined && !/^[^\s:]+:\d+$/.test(values.target)) throw new Error('--target must be host:port');
    const portBase = Number(values['port-base']);
    if (!Number.isInteger(portBase) || portBase < 1_024 || portBase > 65_400) throw new Error('--port-base must be a number from 1024 to 65400');
    if (values.until !== undefined && !isDay(values.until)) throw new Error('--until must be a day, YYYY-MM-DD');
    return { ...values, portBase, order: order as DateOrder | undefined, agingAt };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    process.exit(64);
  }
}

/** Ends of quarters within the history, and its last day. */
function quarterEnds(history: History): Day[] {
  const days: Day[] = [];
  for (let day = history.first; day < history.last; day = daysAfter(day, 1)) if (/-(03-31|06-30|09-30|12-31)$/.test(day)) days.push(day);
  return [...days, history.last];
}

function textOf(file: string): string {
  try { return readFileSync(file, 'utf8'); } catch (error) { throw new HistoryProblem(66, `${file} cannot be read: ${(error as Error).message}`); }
}

async function main(): Promise<number> {
  const given = options();
  if (given.json) { try { writeFileSync(given.json, ''); } catch (error) { throw new HistoryProblem(73, `${given.json} cannot be written: ${(error as Error).message}`); } } // now, not after an hour
  const whole = given.invoices === undefined ? generateHistory() : readHistory(textOf(given.invoices), given.order);
  const history: History = given.until ? { ...whole, last: given.until } : whole;
  process.stderr.write(`${history.note}; ${history.first} to ${history.last}\n`);
  const data = mkdtempSync(join(tmpdir(), 'ar-demo-'));
  let installation: Installation | undefined;
  const stop = async () => { await installation?.stop(); installation = undefined; rmSync(data, { recursive: true, force: true }); };
  process.on('SIGINT', () => void stop().then(() => process.exit(130)));
  try {
    let addresses: Record<ServiceName, string>;
    if (given.target) {
      const [host, port] = given.target.split(':') as [string, string];
      addresses = Object.fromEntries(SERVICES.map((name, i) => [name, `${host}:${Number(port) + i}`])) as Record<ServiceName, string>;
      for (const [name, c] of Object.entries(connect(addresses).operations))
        await promised(c, c.getProgress)({ minPosition: undefined }).catch((error: Error) => { throw new CannotStart(`${name} does not answer at ${addresses[name as ServiceName]}: ${error.message}`); });
    } else {
      installation = await startInstallation({ data, portBase: given.portBase, log: given.kafka ? 'kafka' : 'postgres', brokers: process.env['AR_KAFKA_BROKERS'] || undefined, clock: 'simulated', durable: false, logLevel: 'warn', onProgress: (text) => process.stderr.write(`${text} …\n`) });
      addresses = Object.fromEntries(SERVICES.map((name) => [name, installation!.addresses[name].grpc])) as Record<ServiceName, string>;
    }
    return await live(connect(addresses), history, installation, given.agingAt ?? quarterEnds(history), given.invoices === undefined && given.until === undefined, given.json);
  } finally {
    await stop();
  }
}

async function live(clients: Clients, history: History, installation: Installation | undefined, agingDays: readonly Day[], mustSeeAll: boolean, json: string | undefined): Promise<number> {
  const tenantId = installation ? 'demo' : `demo-${Date.now().toString(36)}`;
  const currencies = [...new Set(history.customers.map((c) => c.currency))].sort();
  const lived = [...history.days.keys()].sort().filter((day) => day <= history.last);
  const middle = lived[Math.floor(lived.length / 2)]!;
  let worklist: readonly CollectionCase[] = [];
  let told = 0;
  const replayed = await replay(clients, history, {
    tenantId, currencies,
    async onDay({ day, commands, events, seconds }) {
      if (day === middle) worklist = (await promised(clients.cases, clients.cases.getWorklist)(GetWorklistRequest.fromPartial({ tenantId, pageSize: 5 }))).cases;
      if (process.stderr.isTTY ? true : Date.now() - told > 5_000) {
        told = Date.now();
        process.stderr.write(`${process.stderr.isTTY ? '\r' : ''}${day}  ${commands} commands (${Math.round(commands / seconds)}/s)  ${events} events (${Math.round(events / seconds)}/s)${process.stderr.isTTY ? '   ' : '\n'}`);
      }
    },
  });
  process.stderr.write('\n');
  const found = await findings(clients, tenantId, currencies, agingDays);
  const invariants = await checkInvariants({ clients, tenantId, found, agingDays, history, installation, currencies });
  const documents = await documentsOf(clients, tenantId, found.invoices);
  const measures = await measuresOf(clients, tenantId, found, currencies[0]!);
  const cash = await cashOf(clients, tenantId, found, currencies, history.last);
  process.stdout.write(await tell({ clients, tenantId, found, history, worklist, middle, measures, currencies, documents, cash }));
  process.stdout.write(`\nWhat must always hold\n${invariants.map((i) => `  ${i.holds ? 'holds' : 'FAILS'}  ${i.name}: ${i.detail}\n`).join('')}`);
  const unseen = mustSeeAll ? neverSeen(found, documents, cash) : [];
  if (unseen.length > 0) process.stdout.write(`\nnever seen, although this history is made to show everything: ${unseen.join(', ')}\n`);
  process.stdout.write(`\n${replayed.commands} commands, ${replayed.events} events, ${replayed.seconds.toFixed(1)} s\n`);
  if (json) writeFileSync(json, `${toJson({
    customers: history.customers.length, invoices: found.invoices.length, receipts: found.receipts.length, reminders: sent(found.communications).length, holds: found.holds.length, cases: found.cases.length, disputes: found.disputes.length,
    promises: kept(found.promises), dso_90: measures.dso, dso_countback: measures.dsoCountback, dso_true: measures.dsoTrue, dso_best_possible: measures.dsoBestPossible, collection_effectiveness: measures.collectionEffectiveness, average_days_late: averageDaysLate(found.receipts), seconds: replayed.seconds, events: replayed.events, documents, cash, aging: found.aging, invariants,
  })}\n`);
  return invariants.every((i) => i.holds) && unseen.length === 0 ? 0 : 1;
}

/** What the seeded history must have shown at least once. */
function neverSeen(found: Awaited<ReturnType<typeof findings>>, documents: Documents, cash: CashFound): string[] {
  const unseen: string[] = [];
  for (const bucket of ['current', 'd1_30', 'd31_60', 'd61_90', 'd90_plus']) if (!found.aging.some((a) => (a.bucket_counts[bucket] ?? 0) > 0)) unseen.push(`bucket ${bucket}`);
  for (const level of [0, 1, 2, 3]) if (!sent(found.communications).some((c) => c.items.some((i) => i.level === level))) unseen.push(`dunning level ${level}`);
  for (const reason of ['HOLD_REASON_MANUAL', 'HOLD_REASON_OVER_LIMIT', 'HOLD_REASON_PAST_DUE']) if (!found.holds.some((h) => h.reasons.some((r) => r === reason))) unseen.push(`hold reason ${reason}`);
  for (const [outcome, n] of Object.entries(kept(found.promises))) if (n === 0) unseen.push(`promise ${outcome}`);
  if (documents.credited === 0) unseen.push('credit note');
  for (const [what, of] of [['taken', 'discounts_taken_minor'], ['missed', 'discounts_missed_minor']] as const) if (cash.currencies.every((c) => c[of] === 0n)) unseen.push(`discount ${what}`);
  return unseen;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof HistoryProblem) { process.stderr.write(`${error.message}\n`); process.exitCode = error.exitCode; } else if (error instanceof CannotStart || error instanceof NeverQuiet) { process.stderr.write(`${error.message}\n`); process.exitCode = 1; } else throw error;
}
process.exit();

