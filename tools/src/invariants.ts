// What must always hold, checked on a whole installation after whatever happened to it.
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { CommunicationStatus } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { ReceiptStatus } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import type { Day } from '@ar/domain/day.js';
import { total } from '@ar/domain/money.js';
import { promised, type Clients } from './clients.js';
import type { History } from './history.js';
import { SERVICES, type Installation } from './installation.js';
import { allPages } from './pages.js';
import { issueOf } from './replay.js';
import { untilQuiet } from './quiet.js';
import { agingAt, agingLine, minor, trialBalance, type AgingLine, type Findings } from './receivables.js';

export interface Invariant { readonly name: string; readonly holds: boolean; readonly detail: string }
export interface Checking { readonly clients: Clients; readonly tenantId: string; readonly found: Findings; readonly agingDays: readonly Day[]; readonly history: History; readonly installation: Installation | undefined; readonly currencies: readonly string[] }

export async function checkInvariants(c: Checking): Promise<Invariant[]> {
  return [await accountsTie(c), await amountsAreWithinBounds(c), await onceForEver(c), await logIsTheStores(c), await rebuiltIsLive(c), remindersOnce(c)];
}

async function accountsTie({ clients, tenantId, found, agingDays, currencies }: Checking): Promise<Invariant> {
  const wrong: string[] = [];
  for (const a of found.aging) {
    const buckets = total(Object.values(a.buckets_minor));
    if (buckets !== a.open_minor || a.open_minor - a.unapplied_minor !== a.control_total_minor) wrong.push(`${a.as_of} ${a.currency}: buckets ${buckets}, open ${a.open_minor}, unapplied ${a.unapplied_minor}, control ${a.control_total_minor}`);
  }
  for (const day of agingDays) {
    const rows = await trialBalance(clients, tenantId, day);
    for (const currency of currencies) {
      const own = rows.filter((r) => r.currency === currency);
      const sum = total(own.map((r) => r.balanceMinor));
      const control = total(own.filter((r) => /_(RECEIVABLES|UNAPPLIED_CASH)$/.test(r.account)).map((r) => r.balanceMinor));
      const line = found.aging.find((a) => a.as_of === day && a.currency === currency);
      if (sum !== 0n || control !== (line?.control_total_minor ?? 0n)) wrong.push(`${day} ${currency}: the journal sums to ${sum}, its control account is ${control}, the aging says ${line?.control_total_minor ?? 0}`);
      const items = await allPages((pageToken) => promised(clients.accounts, clients.accounts.listOpenItems)(ListOpenItemsRequest.fromPartial({ tenantId, currencyCode: currency, pageSize: 500, pageToken, asOf: { effectiveDate: day } })), (r) => r.openItems);
      const open = total(items.map((i) => minor(i.open)));
      if (open !== (line?.open_minor ?? 0n)) wrong.push(`${day} ${currency}: the items sum to ${open}, the aging to ${line?.open_minor ?? 0}`);
    }
  }
  return { name: '1 accounts tie', holds: wrong.length === 0, detail: wrong[0] ?? `buckets = items = control account = journal at ${agingDays.length} days, difference 0.00` };
}

async function amountsAreWithinBounds({ clients, tenantId, found, currencies, agingDays }: Checking): Promise<Invariant> {
  const wrong: string[] = [];
  for (const r of found.receipts) {
    const expected = r.status === ReceiptStatus.REVERSED ? 0n : minor(r.amount);
    if (minor(r.applied) + minor(r.unapplied) + minor(r.refunded) !== expected) wrong.push(`${r.receiptId}: applied ${minor(r.applied)} + unapplied ${minor(r.unapplied)} + refunded ${minor(r.refunded)} is not ${expected}`);
  }
  let items = 0;
  for (const currency of currencies) for (const day of agingDays) {
    for (const i of await allPages((pageToken) => promised(clients.accounts, clients.accounts.listOpenItems)(ListOpenItemsRequest.fromPartial({ tenantId, currencyCode: currency, pageSize: 500, pageToken, includeSettled: true, asOf: { effectiveDate: day } })), (r) => r.openItems)) {
      items++;
      if (minor(i.open) < 0n || minor(i.open) > minor(i.item!.original)) wrong.push(`${i.item!.itemId} on ${day}: ${minor(i.open)} of ${minor(i.item!.original)} is open`);
    }
  }
  return { name: '2 amounts are within bounds', holds: wrong.length === 0, detail: wrong[0] ?? `${found.receipts.length} receipts, ${items} looks at items` };
}

/** The first answers again for commands of long ago, and nothing recorded by asking. */
async function onceForEver({ clients, tenantId, history }: Checking): Promise<Invariant> {
  const before = await untilQuiet(clients);
  const some = [...history.days.values()].flatMap((d) => d.invoices).filter((i) => i.issuedOn <= history.last).filter((_, i) => i % 97 === 0).slice(0, 20);
  const wrong: string[] = [];
  for (const i of some) {
    const { invoice } = await promised(clients.invoices, clients.invoices.issueInvoice)(issueOf(tenantId, i));
    if (invoice?.invoiceId !== i.invoiceId || minor(invoice.paid) !== 0n) wrong.push(`${i.invoiceId} was answered differently`);
  }
  const after = await untilQuiet(clients);
  if (after !== before) wrong.push(`${after - before} events were recorded by retries`);
  const { series } = await promised(clients.invoices, clients.invoices.listNumberGaps)({ tenantId, minPosition: undefined });
  for (const s of series) if (s.gaps.length > 0 || s.documents !== s.lastNumber) wrong.push(`${s.series} has gaps`);
  return { name: '3 every command once', holds: wrong.length === 0, detail: wrong[0] ?? `${some.length} old commands got their first answers, ${series.length} number series without a gap` };
}

/** Reads the stores and, on Postgres, the log beside the API: an auditor's view. */
async function logIsTheStores({ clients, installation }: Checking): Promise<Invariant> {
  const name = '4 the log is the union of the stores';
  const verified = await Promise.all(SERVICES.map((s) => promised(clients.operations[s], clients.operations[s].verify)({ fromSequence: 0n })));
  const broken = verified.findIndex((v) => !v.holds);
  if (broken >= 0) return { name, holds: false, detail: `${SERVICES[broken]} is not what was recorded at ${verified[broken]!.brokenAt}` };
  const events = verified.reduce((n, v) => n + Number(v.events), 0);
  if (!installation) return { name, holds: true, detail: `${events} events with intact digests; the log itself was not read` };
  const ids = async (url: string, sql: string) => { const client = new pg.Client({ connectionString: url }); await client.connect(); try { return (await client.query<{ id: string }>(sql)).rows.map((r) => r.id); } finally { await client.end(); } };
  const stored = (await Promise.all(SERVICES.map((s) => ids(installation.databases[s], 'select event_id::text id from es.event order by sequence')))).flat();
  const logged = await installation.readLog();
  const inLog = new Set(logged);
  const missing = stored.filter((id) => !inLog.has(id));
  const strange = inLog.size - new Set(stored).size;
  return { name, holds: missing.length === 0 && strange === 0, detail: missing.length > 0 ? `${missing.length} events are not in the log` : strange !== 0 ? `${strange} records of the log are in no store` : `${stored.length} events, digests intact, all in the log and nothing else` };
}

/** Every service builds its projections anew; the reports are the same. */
async function rebuiltIsLive({ clients, tenantId, agingDays, found, currencies }: Checking): Promise<Invariant> {
  const name = '5 a rebuilt projection equals the live one';
  await Promise.all(SERVICES.map((s) => promised(clients.operations[s], clients.operations[s].rebuild)({ actor: 'demo' })));
  for (const until = Date.now() + 120_000; ;) {
    const now = await Promise.all(SERVICES.map((s) => promised(clients.operations[s], clients.operations[s].getProgress)({ minPosition: undefined })));
    if (now.every((p) => !p.rebuilding)) break;
    if (Date.now() > until) return { name, holds: false, detail: 'a rebuild did not end within 120 s' };
    await new Promise((again) => { setTimeout(again, 100); });
  }
  await untilQuiet(clients);
  for (const day of agingDays) {
    const { agings } = await agingAt(clients, tenantId, day);
    for (const currency of currencies) {
      const before = found.aging.find((a) => a.as_of === day && a.currency === currency)!;
      const after = agings.find((a) => a.currencyCode === currency);
      const line: AgingLine | undefined = after && agingLine(day, after);
      if (line ? !isDeepStrictEqual(line, before) : before.open_count !== 0) return { name, holds: false, detail: `the aging of ${day} in ${currency} has changed` };
    }
  }
  return { name, holds: true, detail: `all five were rebuilt; the agings of ${agingDays.length} days are the same` };
}

function remindersOnce({ found }: Checking): Invariant {
  const keys = found.communications.map((c) => c.effectKey);
  const days = found.communications.filter((c) => c.status === CommunicationStatus.SENT).map((c) => `${c.customerId} ${c.requestedOn} ${c.kind}`);
  const twice = keys.length - new Set(keys).size + days.length - new Set(days).size;
  const paid = new Map<string, Day>(); // when an item was settled for good, by what receipts say
  for (const r of found.receipts) for (const g of r.applicationGroups) if (!g.undone) for (const a of g.applications) if (minor(a.open) === 0n) paid.set(a.item!.itemId, g.effectiveDate);
  const late = found.communications.filter((c) => c.status === CommunicationStatus.SENT && c.items.some((i) => (paid.get(i.itemId) ?? '9999') < c.requestedOn)).length;
  return { name: '6 one reminder per reason, none after payment', holds: twice === 0 && late === 0, detail: `${days.length} sent, ${twice} sent twice, ${late} after payment was known` };
}
