// Reads the fields of a request and remembers what is wrong with each, so that a caller learns all of it at once.
import { isDay, type Day } from '@ar/domain/day.js';
import { exponentOf, isDecimal, isMoney, parseMoney, type Money } from '@ar/domain/money.js';
import { invalid, type Violation } from './errors.js';

/** Control characters, those of Latin-1 too, and what is no character and no XML may hold. */
const control = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/;
/** Names that every object answers to: things kept by the ids of callers would find them there. */
const isReserved = (id: string) => id in Object.prototype;
const snake = (name: string) => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

interface TextRule { readonly max: number; readonly min?: number; readonly pattern?: RegExp; readonly says?: string; readonly optional?: boolean; /** Line breaks are allowed. */ readonly lines?: boolean }

/** Names are those of the message in camelCase; violations carry the dotted proto path. */
export class Fields<M extends object> {
  constructor(private readonly message: M, private readonly violations: Violation[] = [], private readonly path = '') {}

  wrong(field: string, reason: string, description: string): void { this.violations.push({ field: this.path + snake(field), reason, description }); }
  required(field: string): void { this.wrong(field, 'FIELD_REQUIRED', 'is required'); }
  /** Throws when anything was wrong. */
  done(): void { if (this.violations.length > 0) throw invalid(this.violations); }

  /** Text without control characters, at most `max` characters; required unless `optional`, then ''. */
  text(field: keyof M & string, { max, min = 1, pattern, says, optional, lines }: TextRule): string {
    const value = (this.message[field] ?? '') as string;
    if (value === '') { if (!optional) this.required(field); return ''; }
    if (value.length > max || value.length < min) this.wrong(field, 'FIELD_INVALID', `has ${value.length} characters; ${min} to ${max} are allowed`);
    else if (control.test(lines ? value.replaceAll('\n', '') : value)) this.wrong(field, 'FIELD_INVALID', 'has control characters');
    else if (value.trim() !== value) this.wrong(field, 'FIELD_INVALID', 'begins or ends with space');
    else if (pattern && !pattern.test(value)) this.wrong(field, 'FIELD_INVALID', says ?? `does not match ${pattern.source}`);
    return value;
  }

  tenant(field: keyof M & string): string { return this.text(field, { max: 63, pattern: /^[a-z0-9][a-z0-9-]{0,62}$/, says: 'may hold a–z, 0–9 and -, and begins with a letter or digit' }); }

  /** An id of ours or of the caller's. */
  id(field: keyof M & string, optional = false, max = 64): string { return this.#notReserved(field, this.text(field, { max, pattern: /^[A-Za-z0-9_.-]+$/, says: 'may hold A–Z, a–z, 0–9, _, - and .', optional })); }

  /** The caller's own id of what it makes, '' where one is to be made. Ids that follow from what something is of are of a form that nobody may take before: one of `prefixes`, `_` and 32 hex digits. */
  ownId(field: keyof M & string, ...prefixes: readonly string[]): string {
    const id = this.id(field, true);
    const form = prefixes.find((prefix) => new RegExp(`^${prefix}_[0-9a-f]{32}([.][0-9]+)?$`).test(id));
    if (form !== undefined) this.wrong(field, 'FIELD_INVALID', `is ${form}_ and 32 hex digits, the form of ids that are made here: leave it empty, or choose another`);
    return id;
  }

  /** A customer keeps the id of the calling system. */
  customer(field: keyof M & string, optional = false): string { return this.#notReserved(field, this.text(field, { max: 64, pattern: /^[A-Za-z0-9_.:-]+$/, says: 'may hold A–Z, a–z, 0–9, _, -, : and .', optional })); }

  #notReserved(field: string, id: string): string {
    if (isReserved(id)) this.wrong(field, 'FIELD_INVALID', `${id} is a reserved word`);
    return id;
  }

  /** What is looked up by may be any text without control characters; the database takes no others. */
  everyText(): void {
    for (const [field, value] of Object.entries(this.message)) if (typeof value === 'string' && control.test(value)) this.wrong(field, 'FIELD_INVALID', 'has control characters');
  }

  /** One address, without a name. */
  email(field: keyof M & string, optional = false): string { return this.text(field, { max: 254, pattern: /^[^\s@<>",;]+@[^\s@<>",;]+$/, says: 'is not an e-mail address', optional }); }

  day(field: keyof M & string, optional = false): Day {
    const value = (this.message[field] ?? '') as string;
    if (value === '') { if (!optional) this.required(field); return ''; }
    if (!isDay(value)) this.wrong(field, 'DATE_INVALID', 'is not a day from 1900-01-01 to 9999-12-31, YYYY-MM-DD');
    return value;
  }

  currency(field: keyof M & string): string {
    const value = (this.message[field] ?? '') as string;
    if (value === '') this.required(field);
    else if (exponentOf(value) === undefined) this.wrong(field, 'CURRENCY_UNKNOWN', 'is not a currency of ISO 4217');
    return value;
  }

  /** An amount, above zero unless told otherwise. */
  amount(field: keyof M & string, { sign = 'positive', optional = false }: { sign?: 'positive' | 'any' | 'not-negative'; optional?: boolean } = {}): Money | undefined {
    const value = this.message[field] as { currencyCode: string; value: string } | undefined;
    if (!value) { if (!optional) this.required(field); return undefined; }
    const money = parseMoney(value.value, value.currencyCode);
    if (!isMoney(money)) { this.wrong(`${field}.${money.invalid === 'CURRENCY_UNKNOWN' ? 'currencyCode' : 'value'}`, money.invalid, notMoney[money.invalid]); return undefined; }
    if (sign === 'positive' && money.minor <= 0 || sign === 'not-negative' && money.minor < 0) { this.wrong(`${field}.value`, 'FIELD_INVALID', sign === 'positive' ? 'must be above zero' : 'must not be below zero'); return undefined; }
    return money;
  }

  /** Decimal text. */
  decimal(field: keyof M & string, { digits, optional = false, from, to }: { digits: number; optional?: boolean; from?: number; to?: number }): string {
    const value = (this.message[field] ?? '') as string;
    if (value === '') { if (!optional) this.required(field); return ''; }
    if (!isDecimal(value) || value.length > 20) this.wrong(field, 'FIELD_INVALID', 'is not decimal text of at most 20 characters');
    else if ((value.split('.')[1] ?? '').length > digits) this.wrong(field, 'FIELD_INVALID', `has more than ${digits} fraction digits`);
    else if ((from !== undefined && Number(value) < from) || (to !== undefined && Number(value) > to)) this.wrong(field, 'FIELD_INVALID', `must be ${from !== undefined ? `at least ${from}` : ''}${from !== undefined && to !== undefined ? ' and ' : ''}${to !== undefined ? `at most ${to}` : ''}`);
    return value;
  }

  integer(field: keyof M & string, from: number, to: number): number {
    const value = Number(this.message[field] ?? 0);
    if (!Number.isInteger(value) || value < from || value > to) this.wrong(field, 'FIELD_INVALID', `must be from ${from} to ${to}`);
    return value;
  }

  /** One of an enum's values, unspecified excluded unless optional: then undefined. */
  oneOf<E extends string>(field: keyof M & string, values: readonly E[], optional = false): E | undefined {
    const value = this.message[field] as string;
    if (value === undefined || value.endsWith('_UNSPECIFIED')) { if (!optional) this.required(field); return undefined; }
    if (!values.includes(value as E)) { this.wrong(field, 'FIELD_INVALID', `is not one of ${values.join(', ')}`); return undefined; }
    return value as E;
  }

  /** A list with each element read by itself. */
  list<T extends object, R>(field: keyof M & string, { min = 0, max }: { min?: number; max: number }, read: (fields: Fields<T>, element: T, index: number) => R): R[] {
    const value = (this.message[field] ?? []) as T[];
    if (value.length < min && min === 1) this.required(field);
    else if (value.length < min || value.length > max) this.wrong(field, 'FIELD_INVALID', `has ${value.length} elements; ${min} to ${max} are allowed`);
    return value.slice(0, max).map((element, i) => read(new Fields(element, this.violations, `${this.path}${snake(field)}[${i}].`), element, i));
  }

  /** Other fields in the same place: the case of a oneof. */
  of<T extends object>(message: T): Fields<T> { return new Fields(message, this.violations, this.path); }

  /** A message inside. */
  inside<T extends object, R>(field: keyof M & string, read: (fields: Fields<T>, value: T) => R): R | undefined {
    const value = this.message[field] as T | undefined;
    return value === undefined ? undefined : read(new Fields(value, this.violations, `${this.path}${snake(field)}.`), value);
  }

  labels(field: keyof M & string): Readonly<Record<string, string>> {
    const labels = (this.message[field] ?? {}) as Record<string, string>;
    const entries = Object.entries(labels);
    if (entries.length > 32) this.wrong(field, 'FIELD_INVALID', `has ${entries.length} labels; 32 are allowed`);
    for (const [name, value] of entries) if (name.length === 0 || name.length > 63 || value.length > 255 || control.test(name + value)) this.wrong(field, 'FIELD_INVALID', `label ${name.slice(0, 63)} is too long or has control characters`);
    return labels;
  }
}

const notMoney: Readonly<Record<'FIELD_INVALID' | 'AMOUNT_PRECISION' | 'CURRENCY_UNKNOWN' | 'AMOUNT_OUT_OF_RANGE', string>> = {
  FIELD_INVALID: 'is not decimal text of at most 20 characters', AMOUNT_PRECISION: 'has more fraction digits than the currency', CURRENCY_UNKNOWN: 'is not a currency of ISO 4217', AMOUNT_OUT_OF_RANGE: 'is beyond ±(2^53−1) minor units',
};
