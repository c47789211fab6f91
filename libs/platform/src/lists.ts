// Lists: a documented filter subset, an order, and pages by key. Never by offset: what is recorded meanwhile moves nothing.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isDay } from '@ar/domain/day.js';
import { isDecimal } from '@ar/domain/money.js';
import type { Tx } from '@ar/runtime/forms.js';
import { invalid } from './errors.js';

/** `number`: whole; `decimal`: decimal text, as amounts are. */
export type ColumnType = 'text' | 'date' | 'number' | 'decimal';
/** A field that may be filtered by: the SQL it stands for, its type, and for enums how a value on the wire is one in the table. `labels`: a jsonb object of texts, each asked for as `labels.<name>`. */
/** `words`: several in one text, parted by spaces; a comparison is with any of them. */
export interface Column { readonly sql: string; readonly type: ColumnType | 'labels' | 'words'; readonly value?: (wire: string) => string | undefined }
/** A value of an enum in a filter, with its prefix or without: `SENT`, `sent`, `DELIVERY_STATUS_SENT` of `DELIVERY_STATUS`. */
export const enumWord = (values: Readonly<Record<string, string>> | readonly string[], prefix: string) => (word: string): string | undefined => Object.values(values).find((v) => v === word || v === `${prefix}_${word.toUpperCase()}`);

export interface Order { readonly sql: string; readonly type: ColumnType }

export interface ListRequest { readonly pageSize: number; readonly pageToken: string; readonly filter?: string; readonly orderBy?: string }
export interface ListOf {
  /** `select … from … where tenant = $1`: every row has the column `page_id`, unique and text, and those of the orders. */
  readonly select: string;
  readonly values: readonly unknown[];
  readonly columns: Readonly<Record<string, Column>>;
  readonly orders: Readonly<Record<string, Order>>;
  /** Order when none is asked for: one of `orders`. */
  readonly order: string;
}

const PAGE_DEFAULT = 50;
const PAGE_MOST = 500;

export function pageSizeOf(pageSize: number): number {
  if (pageSize < 0) throw invalid([{ field: 'page_size', reason: 'FIELD_INVALID', description: 'must not be negative' }]);
  return pageSize === 0 ? PAGE_DEFAULT : Math.min(pageSize, PAGE_MOST);
}

/** Page tokens are signed and bound to the arguments of their list. */
export class Pages {
  constructor(private readonly key: string) {}
  #sign(text: string): Buffer { return createHmac('sha256', this.key).update(text).digest().subarray(0, 16); }

  token(about: string, after: readonly unknown[]): string {
    const body = Buffer.from(JSON.stringify(after));
    return Buffer.concat([this.#sign(`${about}\u001f${body.toString('base64')}`), body]).toString('base64url');
  }

  after(about: string, token: string): readonly unknown[] | undefined {
    if (token === '') return undefined;
    const bytes = Buffer.from(token, 'base64url');
    const body = bytes.subarray(16);
    if (bytes.length < 18 || !timingSafeEqual(bytes.subarray(0, 16), this.#sign(`${about}\u001f${body.toString('base64')}`)))
      throw invalid([{ field: 'page_token', reason: 'PAGE_TOKEN_INVALID', description: 'is not a token of this list with these arguments' }]);
    return JSON.parse(body.toString()) as unknown[];
  }

  /** One page of a list, and the token of the next. */
  async list<Row extends { page_id: string }>(tx: Tx, name: string, request: ListRequest, of: ListOf): Promise<{ rows: readonly Row[]; nextPageToken: string }> {
    const size = pageSizeOf(request.pageSize);
    const values: unknown[] = [...of.values];
    const where = [...conditions(request.filter ?? '', of.columns, values)];
    const { order, direction, orderName } = parseOrder(request.orderBy || of.order, of.orders);
    const about = JSON.stringify([name, of.values, request.filter ?? '', orderName, direction]);
    const after = this.after(about, request.pageToken);
    if (after) {
      values.push(after[0], after[1]);
      where.push(`(${order.sql}, page_id) ${direction === 'asc' ? '>' : '<'} ($${values.length - 1}::${sqlType[order.type]}, $${values.length}::text)`);
    }
    const rows = await tx.query<Row & { page_order: unknown }>(
      `select *, ${order.sql} page_order from (${of.select}) listed ${where.length > 0 ? `where ${where.join(' and ')}` : ''} order by ${order.sql} ${direction}, page_id ${direction} limit ${size + 1}`, values);
    const page = rows.slice(0, size);
    const last = page.at(-1);
    return { rows: page, nextPageToken: rows.length > size && last ? this.token(about, [last.page_order, last.page_id]) : '' };
  }
}

const sqlType: Readonly<Record<ColumnType, string>> = { text: 'text', date: 'date', number: 'bigint', decimal: 'numeric' };

/** What a filter asks as SQL conditions, all of which must hold; its values are added to `values`. */
export function conditions(filter: string, columns: Readonly<Record<string, Column>>, values: unknown[]): readonly string[] {
  return parseFilter(filter, columns).map(({ column, operator, value, label }) => {
    if (column.type === 'labels') {
      values.push(JSON.stringify({ [label]: value })); // containment: what an index finds
      return `${operator === '!=' ? 'not ' : ''}${column.sql} @> $${values.length}::jsonb`;
    }
    values.push(value);
    if (column.type === 'words') return `${operator === '!=' ? 'not ' : ''}$${values.length}::text = any(string_to_array(${column.sql}, ' '))`; // one of several
    return operator === ':' ? `position(lower($${values.length}::text) in lower(${column.sql})) > 0` : `${column.sql} ${operator === '!=' ? '<>' : operator} $${values.length}::${sqlType[column.type]}`;
  });
}

/** Whole, and within what the database counts with. */
const isBigint = (text: string): boolean => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);

/** `label`: the name of a label, '' of every other field. */
interface Condition { readonly column: Column; readonly operator: string; readonly value: string; readonly label: string }

/** `a = "x" AND b >= 2026-01-01`: AND of = != < <= > >= and : (contains, text only). A label is `labels.cost_centre` or `labels."cost centre"`, with = and != only; an invoice without it has no value that equals. */
export function parseFilter(filter: string, columns: Readonly<Record<string, Column>>): readonly Condition[] {
  const bad = (description: string) => invalid([{ field: 'filter', reason: 'FILTER_INVALID', description }]);
  if (filter.length > 1_000) throw bad('is longer than 1,000 characters');
  if (/[\u0000-\u001f\u007f]/.test(filter)) throw bad('has control characters');
  const found: Condition[] = [];
  let rest = filter.trim();
  while (rest !== '') {
    const match = /^([a-z_]+)(?:\.(?:"((?:[^"\\]|\\.)+)"|([A-Za-z0-9_.-]+)))?\s*(!=|<=|>=|=|<|>|:)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"()]+))(?:\s+AND\s+(?=\S)|\s*$)/.exec(rest);
    if (!match) throw bad(`cannot be read at: ${rest.slice(0, 40)}`);
    const [whole, name = '', quotedLabel, bareLabel, operator = '', quotedValue, bare] = match;
    const label = quotedLabel?.replace(/\\(.)/g, '$1') ?? bareLabel ?? '';
    const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (!column) throw bad(`has no field ${name}; it may name ${Object.keys(columns).join(', ')}`);
    if ((column.type === 'labels') !== (label !== '')) throw bad(column.type === 'labels' ? `needs the name of a label: ${name}.<name>` : `${name} has no parts`);
    const given = quotedValue?.replace(/\\(.)/g, '$1') ?? bare ?? '';
    const value = column.value ? column.value(given) : given;
    if (value === undefined || (column.type === 'date' && !isDay(value)) || (column.type === 'number' && !isBigint(value)) || (column.type === 'decimal' && !(isDecimal(value) && value.length <= 20))) throw bad(`${given.slice(0, 40)} is not a value of ${name}`);
    if (operator === ':' && column.type !== 'text' && column.type !== 'words') throw bad(`${name} does not allow :`);
    if (column.type === 'words' && !['=', '!=', ':'].includes(operator)) throw bad(`${name} allows =, != and : only`);
    if (column.type === 'labels' && operator !== '=' && operator !== '!=') throw bad(`${name} allows = and != only`);
    found.push({ column, operator, value, label });
    rest = rest.slice(whole.length);
  }
  return found;
}

function parseOrder(orderBy: string, orders: Readonly<Record<string, Order>>): { order: Order; direction: 'asc' | 'desc'; orderName: string } {
  const [, name = '', direction = 'asc'] = /^([a-z_]+)(?:\s+(asc|desc))?$/.exec(orderBy.trim()) ?? [];
  const order = Object.hasOwn(orders, name) ? orders[name] : undefined;
  if (!order) throw invalid([{ field: 'order_by', reason: 'FIELD_INVALID', description: `may be ${Object.keys(orders).join(', ')}, with desc for descending` }]);
  return { order, direction: direction as 'asc' | 'desc', orderName: name };
}
