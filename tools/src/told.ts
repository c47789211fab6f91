// The end of a demo in words.
import type { CollectionCase } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { CommunicationStatus } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { ReceiptStatus } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { ListJournalEntriesRequest } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { daysAfter, type Day } from '@ar/domain/day.js';
import { formatMoney, total } from '@ar/domain/money.js';
import { promised, type Clients } from './clients.js';
import type { History } from './history.js';
import type { GetMeasuresResponse } from '@ar/contracts/gen/ar/payments/v1/measure_service.js';
import { agingAt, agingLine, averageDaysLate, kept, pdfBytes, ratio, sent, type CashFound, type Documents, type Findings } from './receivables.js';

export interface Telling { readonly clients: Clients; readonly tenantId: string; readonly found: Findings; readonly history: History; readonly worklist: readonly CollectionCase[]; readonly middle: Day; readonly measures: GetMeasuresResponse; readonly currencies: readonly string[]; readonly documents: Documents; readonly cash: CashFound }

const BUCKETS = ['current', 'd1_30', 'd31_60', 'd61_90', 'd90_plus'];
const amount = (a: { readonly value: string; readonly currencyCode: string } | undefined) => (a ? `${a.value} ${a.currencyCode}` : '–');
const words = (enumValue: string) => enumValue.replace(/^[A-Z]+_(RULE|REASON|METHOD|STATUS|KIND)_/, '').toLowerCase().replaceAll('_', ' ');

export async function tell(t: Telling): Promise<string> {
  return [await aging(t), await documents(t), cash(t), measures(t), reminders(t), credit(t), calls(t), returned(t)].join('\n');
}

async function aging({ clients, tenantId, found, middle, currencies }: Telling): Promise<string> {
  const pad = (text: string) => ` ${text.padStart(14)}`; // however long it is, it stands apart
  const lines = found.aging.map((a) => `  ${a.as_of} ${a.currency}${BUCKETS.map((b) => pad(formatMoney({ minor: a.buckets_minor[b] ?? 0, currency: a.currency }))).join('')}${pad(formatMoney({ minor: a.open_minor, currency: a.currency }))}${pad(formatMoney({ minor: a.unapplied_minor, currency: a.currency }))}${pad(formatMoney({ minor: a.control_total_minor, currency: a.currency }))}`);
  const day = daysAfter(middle, -20);
  const [then, today] = [await agingAt(clients, tenantId, day, day), await agingAt(clients, tenantId, day)];
  const { entries } = await promised(clients.reports, clients.reports.listJournalEntries)(ListJournalEntriesRequest.fromPartial({ tenantId, pageSize: 500, asOf: { effectiveDate: day }, recordedAfter: then.asOf!.known }));
  const open = (r: typeof then, currency: string) => { const a = r.agings.find((x) => x.currencyCode === currency); return a ? agingLine(day, a).open_minor : 0n; };
  return `\nAging\n  as of      ${' '.repeat(3)}${['current', '1–30', '31–60', '61–90', 'over 90', 'open', 'unapplied', 'control'].map(pad).join('')}\n${lines.join('\n')}
  buckets = open items = control account = journal, difference 0.00
  ${day} as known then: ${currencies.map((c) => `${formatMoney({ minor: open(then, c), currency: c })} ${c}`).join(', ')}; as known today: ${currencies.map((c) => `${formatMoney({ minor: open(today, c), currency: c })} ${c}`).join(', ')}; ${entries.length} entries recorded since explain it${entries[0] ? `, the first: ${amount(entries[0].amount)} by ${entries[0].eventType} on ${entries[0].businessDate}` : ''}\n`;
}

async function documents({ clients, tenantId, found, documents: d }: Telling): Promise<string> {
  const [one] = found.invoices;
  const totals = d.totals.map((t) => `${t.invoices} of ${formatMoney({ minor: t.total_minor, currency: t.currency })} ${t.currency}, ${formatMoney({ minor: t.open_minor, currency: t.currency })} open`).join('; ');
  return `Documents\n  ${found.invoices.length} invoices (${Object.entries(d.by_status).map(([status, n]) => `${words(status)} ${n}`).join(', ')}), ${d.with_instalments} in instalments; ${totals}
  ${d.series.map((s) => `${s.series}: ${s.documents} numbers to ${s.last_number}, ${s.gaps} gaps`).join('; ')}${one ? `; ${one.number} as PDF has ${await pdfBytes(clients, tenantId, one.invoiceId)} bytes` : ''}\n`;
}

function cash({ found, cash: { by_rule, currencies } }: Telling): string {
  const [identified, applied] = [total(currencies.map((c) => c.receipts_identified)), total(currencies.map((c) => c.receipts_touchless))];
  const example = found.receipts.find((r) => r.applicationGroups.some((g) => g.trace.length > 1)) ?? found.receipts.find((r) => r.applicationGroups.length > 0);
  const trace = example?.applicationGroups[0]?.trace.map((s) => `${words(s.rule)}: ${s.explanation}`).join('; ') ?? '';
  return `Cash\n  ${found.receipts.length} receipts, ${applied} of ${identified} used up without a person (${ratio(applied * 100n, identified)} %); by rule: ${Object.entries(by_rule).map(([rule, n]) => `${rule} ${n}`).join(', ')}
  ${currencies.map((c) => `${c.currency}: ${formatMoney({ minor: c.discounts_taken_minor, currency: c.currency })} of discounts taken, ${formatMoney({ minor: c.discounts_missed_minor, currency: c.currency })} missed`).join('; ')}
  ${example ? `${example.receiptId} of ${amount(example.amount)}: ${trace}` : ''}\n`;
}

function measures({ measures: m, found }: Telling): string {
  return `Measures\n  DSO ${m.dso} days, by countback ${m.dsoCountback || 'unknown'}, by invoice ${m.dsoTrue || 'unknown'}, best possible ${m.dsoBestPossible} (${m.fromDate} to ${m.asOf!.effectiveDate}, sales ${amount(m.sales)}); collection effectiveness ${m.collectionEffectiveness || 'unknown'} %;
  ${averageDaysLate(found.receipts)} days late on average over all payments, ${m.averageDaysLate} over those of the ${m.days} days\n`;
}

function reminders({ found }: Telling): string {
  const all = sent(found.communications);
  const held = found.communications.filter((c) => c.status === CommunicationStatus.SUPPRESSED);
  const why: Record<string, number> = {};
  for (const c of held) why[words(c.suppressionReason)] = (why[words(c.suppressionReason)] ?? 0) + 1;
  const levels = [0, 1, 2, 3].map((level) => `${level === 0 ? 'before due' : `level ${level}`} ${all.filter((c) => c.level === level).length}`).join(', ');
  return `Reminders\n  ${all.length} sent (${levels}), 0 twice; ${held.length} held back${held.length > 0 ? `: ${Object.entries(why).map(([w, n]) => `${w} ${n}`).join(', ')}` : ''}\n`;
}

function credit({ found }: Telling): string {
  const one = found.holds.find((h) => h.trace.some((r) => !r.passed)) ?? found.holds[0];
  const told = one ? `\n  ${one.customerId}, placed ${one.placedOn}${one.releasedOn ? `, released ${one.releasedOn}` : ''}: ${one.trace.filter((r) => !r.passed).map((r) => r.explanation).join('; ') || one.reason}` : '';
  return `Credit\n  ${found.holds.length} holds placed, ${found.holds.filter((h) => h.releasedOn !== '').length} released${told}\n`;
}

function calls({ worklist, middle, found }: Telling): string {
  const list = worklist.slice(0, 3).map((c, i) => `  ${i + 1}. ${c.customerId}: ${c.priority} points – ${c.points.filter((p) => p.points !== 0).map((p) => `${p.points} ${p.explanation}`).join('; ')}`);
  const p = kept(found.promises);
  return `Collections\n  ${found.cases.length} cases, ${found.disputes.length} disputes, ${found.promises.length} promises: ${p.kept} kept, ${p.partly_kept} partly kept, ${p.broken} broken. Whom to call first on ${middle}:\n${list.join('\n') || '  nobody'}\n`;
}

function returned({ found }: Telling): string {
  const back = found.receipts.find((r) => r.status === ReceiptStatus.REVERSED);
  if (!back) return 'Returns\n  none\n';
  const items = back.applicationGroups.flatMap((g) => g.applications.map((a) => a.item!));
  const again = found.receipts.filter((r) => r !== back && r.applicationGroups.some((g) => !g.undone && g.applications.some((a) => items.some((i) => i.itemId === a.item!.itemId))));
  return `Returns\n  ${back.receiptId} of ${amount(back.amount)} came back (${back.reversalCode}); ${items.map((i) => `${i.documentNumber} due ${i.dueDate}`).join(', ')} open again with the original due date; settled later by ${again.map((r) => r.receiptId).join(', ') || 'nothing yet'}\n`;
}
