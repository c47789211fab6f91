// Prices and quantities are decimal texts; the rules compare them exactly, before anything is rounded.
import { isDecimal } from '@ar/domain/money.js';

export interface Exact { readonly units: bigint; readonly scale: number }

export function exact(text: string): Exact {
  if (!isDecimal(text)) throw new RangeError(`not a decimal number: ${text}`);
  const [whole = '', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

const at = ({ units, scale }: Exact, wanted: number): bigint => units * 10n ** BigInt(wanted - scale);

export const times = (a: Exact, b: Exact): Exact => ({ units: a.units * b.units, scale: a.scale + b.scale });
export function plus(a: Exact, b: Exact): Exact {
  const scale = Math.max(a.scale, b.scale);
  return { units: at(a, scale) + at(b, scale), scale };
}
export const negated = ({ units, scale }: Exact): Exact => ({ units: -units, scale });
export const minus = (a: Exact, b: Exact): Exact => plus(a, negated(b));
export const size = (a: Exact): Exact => (a.units < 0n ? negated(a) : a);
/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. */
export const order = (a: Exact, b: Exact): number => { const { units } = minus(a, b); return units < 0n ? -1 : units > 0n ? 1 : 0; };

/** Half up, away from zero. */
export function rounded(a: Exact, scale: number): Exact {
  if (a.scale <= scale) return { units: at(a, scale), scale };
  const divisor = 10n ** BigInt(a.scale - scale);
  const { units } = size(a);
  const up = units / divisor + ((units % divisor) * 2n >= divisor ? 1n : 0n);
  return { units: a.units < 0n ? -up : up, scale };
}

/** `12.50`, with the digits that it has. */
export function textOf({ units, scale }: Exact): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  return (units < 0n ? '-' : '') + (scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
}
