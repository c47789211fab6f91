// What a document in another currency is worth in the base currency of its tenant (INV-11, BT-111).
import { convert, isMoney, type Money, type NotMoney } from '@ar/domain/money.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';

/** What a document is worth in the base currency. */
export interface Booking { readonly rate: string; readonly source: string; readonly policyVersion: number; readonly tax: Money; readonly total: Money }

type Rate = { readonly rate: string; readonly source: string; readonly policyVersion?: number };
type Exchange = PoliciesInForce['exchange'];

/** The rate of an exchange policy; undefined where it knows none. */
export function rateIn({ rates, source, version }: Exchange, currencyCode: string): Rate | undefined {
  const found = rates.find((r) => r.currencyCode === currencyCode);
  return found && { rate: found.rate, source, policyVersion: version };
}

/** Tax and total in the base currency. */
export function booked({ tax, total }: { readonly tax: Money; readonly total: Money }, by: Rate | undefined, baseCurrency: string): Booking | NotMoney | 'unknown' {
  if (!by) return 'unknown';
  const [taxInBase, totalInBase] = [convert(tax, by.rate, baseCurrency), convert(total, by.rate, baseCurrency)];
  if (!isMoney(taxInBase)) return taxInBase;
  return isMoney(totalInBase) ? { rate: by.rate, source: by.source, policyVersion: by.policyVersion ?? 0, tax: taxInBase, total: totalInBase } : totalInBase;
}

/** Of a note that belongs to no invoice: nothing in the base currency itself, and where no rate is known, for a fee is not waived because of that. */
export function bookingOf(sums: { readonly tax: Money; readonly total: Money }, baseCurrency: string, exchange: Exchange): Booking | undefined {
  const { currency } = sums.total;
  const found = baseCurrency === '' || currency === baseCurrency ? undefined : booked(sums, rateIn(exchange, currency), baseCurrency);
  return found === undefined || found === 'unknown' || 'invalid' in found ? undefined : found;
}
