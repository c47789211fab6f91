// How an invoice that is issued meets the guard against wrong bills: what is asked of projections before, what the decision gets, what is recorded with it.
import { daysAfter } from '@ar/domain/day.js';
import type { Asked, Decision, Tx } from '@ar/runtime/forms.js';
import { countedOf, isOff, isStrict, periodOf, type GuardKnown, type Guarding } from './domain/billing-guard.js';
import { countedInvoices } from './domain/counted-invoices.js';
import type { InvoiceContent, InvoiceEvent, Issuing } from './domain/invoice.js';
import { draftsRead, guardKnown, schedulesRead, type GuardBasis } from './projections/billed-invoices.js';

const countedOfCustomer = (customerId: string) => ({ aggregate: countedInvoices, id: customerId });
type Marked = Pick<InvoiceContent, 'customerId' | 'issueDate' | 'orderNumber' | 'externalNumber'> & { readonly lines: readonly { readonly articleId: string; readonly periodFrom: string; readonly periodTo: string }[] };

/** What of an invoice is looked up by. */
const basisOf = ({ customerId, issueDate, orderNumber, externalNumber, lines }: Marked): GuardBasis => ({ customerId, issueDate, articles: [...new Set(lines.map((l) => l.articleId).filter((id) => id !== ''))].sort(), orderNumber, externalNumber, ...periodOf(lines) });

/** What was known, and what it was asked for by. */
export interface GuardRead { readonly basis: GuardBasis | undefined; readonly known: GuardKnown }
export interface WithGuard { readonly guard?: GuardRead }

/** Nothing is asked where the policy is off, nothing could be found, or nobody has opened a day: such a tenant is refused. */
async function read(asked: readonly Asked<unknown>[], bases: readonly (GuardBasis | undefined)[], tx: Tx): Promise<readonly GuardRead[]> {
  const known = await guardKnown(tx, asked.map(({ tenant, today, policies: { billingGuard: { prices, fulfilments, duplicates, duplicateDays } } }, i) => ({
    tenant, basis: today === '' ? undefined : bases[i], invoicesSince: today === '' ? '' : daysAfter([bases[i]?.issueDate || today, today].sort()[0]!, -duplicateDays), prices: prices !== 'off' || fulfilments !== 'off', fulfilments: fulfilments !== 'off', invoices: fulfilments !== 'off' || duplicates !== 'off',
  })));
  return known.map((k, i) => ({ basis: bases[i], known: k }));
}
const together = <K extends object>(known: readonly K[], guards: readonly GuardRead[]): readonly (K & WithGuard)[] => known.map((k, i) => ({ ...k, guard: guards[i]! }));
const allOff = (asked: readonly Asked<unknown>[]) => asked.every((a) => isOff(a.policies.billingGuard));

/** For invoices that the request tells. */
export const withGuard = async <K extends object>(asked: readonly Asked<unknown>[], known: readonly K[], contents: readonly Marked[], tx: Tx): Promise<readonly (K & WithGuard)[]> =>
  (allOff(asked) ? known : together(known, await read(asked, contents.map(basisOf), tx)));

/** For invoices of one or several drafts, as they were read. */
export async function withGuardOfDrafts<K extends object>(asked: readonly Asked<unknown>[], known: readonly K[], drafts: readonly (readonly string[])[], tx: Tx): Promise<readonly (K & WithGuard)[]> {
  if (allOff(asked)) return known;
  const found = await draftsRead(tx, drafts.flatMap((ids, i) => ids.map((invoiceId) => ({ tenant: asked[i]!.tenant, invoiceId }))));
  let next = 0;
  const bases = drafts.map((ids) => {
    const own = found.slice(next, next += ids.length);
    const [first] = own;
    if (!first || own.some((d) => !d)) return undefined; // made a moment ago
    const same = (field: 'orderNumber' | 'externalNumber') => (own.every((d) => d![field] === first[field]) ? first[field] : '');
    return basisOf({ customerId: first.customerId, issueDate: first.issueDate, orderNumber: same('orderNumber'), externalNumber: same('externalNumber'), lines: own.flatMap((d) => d!.lines) });
  });
  return together(known, await read(asked, bases, tx));
}

/** For invoices of schedules. Their periods are not looked up: a schedule bills each once. */
export async function withGuardOfSchedules<K extends object>(asked: readonly Asked<{ readonly scheduleId: string }>[], known: readonly K[], tx: Tx): Promise<readonly (K & WithGuard)[]> {
  if (allOff(asked)) return known;
  const found = await schedulesRead(tx, asked.map((a) => ({ tenant: a.tenant, scheduleId: a.request.scheduleId })));
  return together(known, await read(asked, found.map((s) => s?.template && basisOf(s.template)), tx));
}

interface About { readonly invoiceId: string; readonly replaces?: string | undefined; /** One of a schedule. */ readonly repeats?: boolean }
const unknown: GuardKnown = { prices: [], delivered: [], invoices: [] };

/** What the guard decides with; undefined where it does not look. Where it may stop an invoice, those that were just issued to the customer are locked. */
export function guarding(content: InvoiceContent, { invoiceId, replaces = '', repeats = false }: About, guard: GuardRead | undefined, on: Pick<Decision, 'policies' | 'state'>): Guarding | undefined {
  const policy = on.policies.billingGuard;
  if (isOff(policy)) return undefined;
  const [asked, wanted] = [guard?.basis, basisOf(content)];
  const isRead = nothingToKnow(wanted) || (asked !== undefined && isSame(asked, wanted, repeats));
  return { policy, known: isRead ? guard?.known ?? unknown : unknown, recent: isStrict(policy) ? on.state(countedOfCustomer(content.customerId)) : [], invoiceId, replaces, repeats, read: isRead };
}
/** A date that was read and is not named any more was looked back from further than the business date is; periods of a schedule are not looked up. */
const isSame = (asked: GuardBasis, wanted: GuardBasis, repeats: boolean): boolean => asked.customerId === wanted.customerId && (wanted.issueDate === '' || asked.issueDate === wanted.issueDate)
  && asked.orderNumber === wanted.orderNumber && asked.externalNumber === wanted.externalNumber && (repeats || (asked.periodFrom === wanted.periodFrom && asked.periodTo === wanted.periodTo))
  && asked.articles.length === wanted.articles.length && asked.articles.every((id, i) => id === wanted.articles[i]);
const nothingToKnow = ({ articles, orderNumber, externalNumber, periodFrom }: GuardBasis) => articles.length === 0 && orderNumber === '' && externalNumber === '' && periodFrom === '';

/** What was issued takes its number, which exists if and only if the invoice does; and is counted where the guard may stop the next. */
export function follow(on: Decision<unknown>, made: readonly InvoiceEvent[], { series, issueDate, guard }: Issuing): void {
  for (const event of made) {
    if (event.type !== 'InvoiceIssued') continue;
    on.take(series, issueDate);
    if (guard && isStrict(guard.policy)) on.run(countedOfCustomer(event.customerId), { type: 'CountInvoice', customerId: event.customerId, invoice: countedOf(event) });
  }
}
