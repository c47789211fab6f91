// Sums of money, exact to the minor unit.
//
// - An amount is a whole number of minor units of one currency: 12.34 EUR is 1234, 12 JPY is 12, 1.234 KWD is 1234.
// - How many digits a currency has is ISO 4217's word. What ISO lists without a minor unit (gold, test codes, no currency) is not money here.
// - Different currencies are never added, subtracted or compared: that is a programming error and throws.
// - Products are exact before they are rounded once. Half up takes the half cent away from zero, half even to the even cent.
// - A sum that is split is split without loss: the parts always add up to it.
// - Amounts are in a range; a sum of many of them need not be. It is a `Sum` then, as exact as they are, and never becomes a number.
import { code as iso4217 } from 'currency-codes';

export interface Money { readonly minor: number; readonly currency: string }
/** What amounts add up to, however many they are. */
export interface Sum { readonly minor: bigint; readonly currency: string }

/** Why a text is not an amount; the words are those of the contract. */
export interface NotMoney { readonly invalid: 'FIELD_INVALID' | 'AMOUNT_PRECISION' | 'CURRENCY_UNKNOWN' | 'AMOUNT_OUT_OF_RANGE'; readonly value: string; readonly currency: string }
export type Rounding = 'half-up' | 'half-even';

export const isMoney = (answer: Money | NotMoney): answer is Money => !('invalid' in answer);
export const money = (minor: number, currency: string): Money => ({ minor: safe(minor), currency });

const withoutMinorUnit = new Set(['XAG', 'XAU', 'XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XPD', 'XPT', 'XSU', 'XTS', 'XUA', 'XXX']);

const digitsByCurrency = new Map<string, number | undefined>();

/** Digits after the decimal point, by ISO 4217; undefined for what is not a currency. Upper case only. */
export function exponentOf(currency: string): number | undefined {
  if (!digitsByCurrency.has(currency)) {
    if (digitsByCurrency.size > 2_000) digitsByCurrency.clear(); // texts of callers: bounded
    digitsByCurrency.set(currency, /^[A-Z]{3}$/.test(currency) && !withoutMinorUnit.has(currency) ? iso4217(currency)?.digits : undefined);
  }
  return digitsByCurrency.get(currency);
}

/** `1234.50` EUR → 123450. Fewer digits than the currency has are fine, more are an error, even zeros. At most 20 characters. */
export function parseMoney(value: string, currency: string): Money | NotMoney {
  const not = (invalid: NotMoney['invalid']): NotMoney => ({ invalid, value, currency });
  const digits = exponentOf(currency);
  if (digits === undefined) return not('CURRENCY_UNKNOWN');
  const parts = value.length <= 20 ? /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) : null;
  if (!parts) return not('FIELD_INVALID');
  const [, sign, whole = '', fraction = ''] = parts;
  if (fraction.length > digits) return not('AMOUNT_PRECISION');
  const minor = BigInt(whole + fraction.padEnd(digits, '0'));
  return isSafe(minor) ? { minor: sign && minor ? -Number(minor) : Number(minor), currency } : not('AMOUNT_OUT_OF_RANGE');
}

/** 123450 EUR → `1234.50`: exactly the digits of the currency. */
export function formatMoney({ minor, currency }: { readonly minor: number | bigint; readonly currency: string }): string {
  const digits = known(currency);
  const text = String(minor < 0 ? -minor : minor).padStart(digits + 1, '0');
  return (minor < 0 ? '-' : '') + (digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`);
}

/** An amount as the contracts carry it, in an event that was published: it is one, or the event is not what its type says. */
export function moneyOf(amount: { readonly currencyCode: string; readonly value: string } | undefined): Money {
  const parsed = amount && parseMoney(amount.value, amount.currencyCode);
  if (!parsed || !isMoney(parsed)) throw new TypeError(`not an amount: ${JSON.stringify(amount)}`);
  return parsed;
}

export const add = (a: Money, b: Money): Money => money(a.minor + same(a, b).minor, a.currency);
export const subtract = (a: Money, b: Money): Money => money(a.minor - same(a, b).minor, a.currency);

/** Minor units of one currency together, exact beyond the range of amounts too. */
export const total = (minors: readonly (number | bigint)[]): bigint => minors.reduce<bigint>((sum, minor) => sum + BigInt(minor), 0n);

/** A sum as amounts, for an event: one, or as many as it takes, which add up to it. */
export function inAmounts({ minor, currency }: Sum): readonly Money[] {
  const most = minor < 0n ? -MOST : MOST;
  return [...Array.from({ length: Number(minor / most) }, () => money(Number(most), currency)), ...(minor % most === 0n && minor !== 0n ? [] : [money(Number(minor % most), currency)])];
}

/** All of them together, or that they are beyond the range of amounts. */
export function sumOf(parts: readonly Money[], currency: string): Money | NotMoney {
  const minor = total(parts.map((part) => same({ minor: 0, currency }, part).minor));
  return isSafe(minor) ? { minor: Number(minor), currency } : { invalid: 'AMOUNT_OUT_OF_RANGE', value: String(minor), currency };
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. */
export const compare = (a: Money, b: Money): number => a.minor - same(a, b).minor;

/** An amount times a decimal text (`0.19`, `1.08325`, `-2`), rounded once. Throws beyond the range of amounts. */
export function multiply(amount: Money, factor: string, rounding: Rounding): Money {
  const { units, scale } = decimal(factor);
  return money(Number(divided(BigInt(amount.minor) * units, 10n ** BigInt(scale), rounding)), amount.currency);
}

/** An amount in another currency: `rate` is what one unit of its currency is worth there, decimal text; rounded once, half up. Beyond the range of amounts it says so. */
export const convert = ({ minor, currency }: Money, rate: string, to: string): Money | NotMoney => product([formatMoney({ minor, currency }), rate], to, 'half-up');

/** The same of a sum, exact beyond the range of amounts too. */
export function convertSum(sum: Sum, rate: string, to: string): bigint {
  const [amount, by] = [decimal(formatMoney(sum)), decimal(rate)];
  return divided(amount.units * by.units * 10n ** BigInt(known(to)), 10n ** BigInt(amount.scale + by.scale), 'half-up');
}

/** The product of decimal texts in whole units of a currency, rounded once: quantity `3` × price `0.3333` → 1.00 EUR. */
export function product(factors: readonly string[], currency: string, rounding: Rounding): Money | NotMoney {
  const digits = exponentOf(currency);
  const not = (invalid: NotMoney['invalid']): NotMoney => ({ invalid, value: factors.join(' × '), currency });
  if (digits === undefined) return not('CURRENCY_UNKNOWN');
  if (!factors.every(isDecimal)) return not('FIELD_INVALID');
  let [units, scale] = [10n ** BigInt(digits), 0];
  for (const factor of factors) {
    const point = factor.indexOf('.');
    units *= BigInt(point < 0 ? factor : factor.slice(0, point) + factor.slice(point + 1));
    if (point >= 0) scale += factor.length - point - 1;
  }
  const minor = divided(units, 10n ** BigInt(scale), rounding);
  return isSafe(minor) ? { minor: Number(minor), currency } : not('AMOUNT_OUT_OF_RANGE');
}

/** minor × numerator / denominator, exact before it is rounded once: a share of a sum. */
export function share(minor: number, numerator: number | bigint, denominator: number | bigint, rounding: Rounding): number {
  if (BigInt(denominator) === 0n) throw new RangeError('a share of nothing');
  const sign = denominator < 0 ? -1n : 1n;
  return safe(Number(divided(BigInt(minor) * BigInt(numerator) * sign, BigInt(denominator) * sign, rounding)));
}

/** Splits a sum by weights (whole numbers, none negative, not all zero) by largest remainder; a tie goes to the earlier part. The parts add up to the sum, exactly. */
export function allocate(minor: number, weights: readonly number[]): readonly number[] {
  const whole = weights.reduce((sum, w) => sum + BigInt(w), 0n);
  if (whole <= 0n || weights.some((w) => w < 0)) throw new RangeError('weights must not be negative, and not all zero');
  const total = BigInt(Math.abs(minor));
  const parts = weights.map((w, i) => ({ i, down: (total * BigInt(w)) / whole, rest: (total * BigInt(w)) % whole }));
  const missing = Number(total - parts.reduce((sum, p) => sum + p.down, 0n));
  const up = new Set([...parts].sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest < b.rest ? 1 : -1)).slice(0, missing).map((p) => p.i));
  return parts.map(({ i, down }) => (Number(down) + (up.has(i) ? 1 : 0)) * (minor < 0 && (down > 0n || up.has(i)) ? -1 : 1));
}

/** A threshold of a policy, decimal text in whole units: `100.00` is 10000 in EUR and 100 in JPY, half up. One beyond the range of amounts is the end of it: no amount is above. */
export function thresholdMinor(wholeUnits: string, currency: string): number {
  const amount = product([wholeUnits], currency, 'half-up');
  if (!isMoney(amount) && amount.invalid === 'AMOUNT_OUT_OF_RANGE') return wholeUnits.startsWith('-') ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
  if (!isMoney(amount)) throw new RangeError(`${amount.invalid}: ${wholeUnits} ${currency}`);
  return amount.minor;
}

/** Whether a text is a plain decimal number, as rates, quantities and thresholds are written. */
export const isDecimal = (text: string): boolean => text.length <= 40 && /^-?\d+(\.\d+)?$/.test(text);

function decimal(text: string): { readonly units: bigint; readonly scale: number } {
  if (!isDecimal(text)) throw new RangeError(`not a decimal number: ${text}`);
  const [whole = '', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

function divided(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const negative = dividend < 0n;
  const size = negative ? -dividend : dividend;
  const down = size / divisor;
  const twice = (size % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && (rounding === 'half-up' || down % 2n === 1n));
  const result = up ? down + 1n : down;
  return negative ? -result : result;
}

const MOST = BigInt(Number.MAX_SAFE_INTEGER);
const isSafe = (minor: bigint): boolean => minor <= MOST && minor >= -MOST;

function safe(minor: number): number {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`an amount beyond the range of amounts: ${minor}`);
  return minor;
}

function same(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new TypeError(`${a.currency} and ${b.currency} do not mix`);
  return b;
}

function known(currency: string): number {
  const digits = exponentOf(currency);
  if (digits === undefined) throw new RangeError(`not a currency: ${currency}`);
  return digits;
}
