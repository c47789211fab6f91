// What every query of this service does with its request: its fields are checked, and the pages of a report are pages of one past. The first page fixes
// that past and its token carries it on, so that what is recorded meanwhile moves nothing and every page has the same control total.
import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';
import type { AsOf, ResolvedAsOf } from '@ar/contracts/gen/ar/type/v1/as_of.js';
import { formatMoney } from '@ar/domain/money.js';
import type { Api, QueryRequest } from '@ar/platform/api.js';
import { Fields } from '@ar/platform/fields.js';
import { pageSizeOf } from '@ar/platform/lists.js';
import type { Tx } from '@ar/runtime/forms.js';
import type { At } from '../projections/item-spans.js';

/** Reads the fields of a query and throws when any is wrong. */
export function checked<Req extends QueryRequest, R>(request: Req, read: (fields: Fields<Req>) => R): R {
  const fields = new Fields<Req>(request);
  fields.tenant('tenantId');
  const answer = read(fields);
  fields.done();
  return answer;
}

/** A segment that may be left out; not beside a customer. */
export function segmentIn<Req extends { readonly segment: string; readonly customerId: string }>(fields: Fields<Req>, { segment, customerId }: Req): string | undefined {
  if (segment !== '' && customerId !== '') fields.wrong('segment', 'FIELD_INVALID', 'is asked for beside a customer');
  return fields.text('segment', { max: 64, optional: true }) || undefined;
}

/** A currency that may be left out. */
export const currencyIn = <Req extends { readonly currencyCode: string }>(fields: Fields<Req>, { currencyCode }: Req): string | undefined => (currencyCode === '' ? undefined : fields.currency('currencyCode'));

export const amountOf = (minor: number | bigint, currency: string): Amount => ({ currencyCode: currency, value: formatMoney({ minor, currency }) });
export const amountsOf = (totals: ReadonlyMap<string, bigint>): Amount[] => [...totals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, minor]) => amountOf(minor, currency));

export interface PagedReport extends QueryRequest { readonly pageSize: number; readonly pageToken: string; readonly asOf?: AsOf | undefined }

export interface Page<Key> {
  readonly at: At;
  readonly asOf: ResolvedAsOf;
  readonly size: number;
  /** Where the last page ended. */
  readonly after: Key | undefined;
  /** The rows of this page out of one more than fit, and the token of the next. */
  cut<Row>(rows: readonly Row[], key: (row: Row) => Key): { readonly rows: readonly Row[]; readonly nextPageToken: string };
}

interface Past { readonly on: string; readonly known: number; readonly knownAt: string | undefined; readonly closed: boolean }

/** One page of a report; `about` are the arguments that its token is bound to, beside the tenant and the past asked for. */
export function pagedReport<Key, Res>(api: Api, request: PagedReport, about: readonly unknown[], read: (tx: Tx, page: Page<Key>) => Promise<Res>): Promise<Res> {
  const size = pageSizeOf(request.pageSize);
  const { tenantId, asOf } = request;
  const bound = JSON.stringify([tenantId, asOf?.effectiveDate ?? '', asOf?.known?.$case ?? '', asOf?.known?.value ?? '', ...about]);
  const [past, after] = (api.pages.after(bound, request.pageToken) ?? []) as [Past?, Key?];
  return api.report(request, (tx, { effectiveOn, known, echo }) => {
    const of: Past = past ?? { on: effectiveOn, known, knownAt: echo.knownAt, closed: echo.closed };
    return read(tx, {
      at: { tenant: tenantId, on: of.on, known: of.known }, asOf: { effectiveDate: of.on, known: BigInt(of.known), knownAt: of.knownAt, closed: of.closed }, size, after,
      cut(rows, key) {
        const page = rows.slice(0, size);
        const last = page.at(-1);
        return { rows: page, nextPageToken: rows.length > size && last ? api.pages.token(bound, [of, key(last)]) : '' };
      },
    });
  });
}
