// Days sales outstanding (ANA-02, ANA-03): at the day of the last invoice, over 90 days, in the base currency.
import type { Day } from '@ar/domain/day.js';
import type { Clients } from './clients.js';
import { agingAt, agingLine, ratio, salesMinor, type Findings } from './receivables.js';

export interface Measures { readonly at: Day; readonly currency: string; readonly dso90: string; readonly bestPossible: string; readonly salesMinor: bigint; readonly openMinor: bigint }

/** DSO = open / sales of the last 90 days × 90; the best possible one counts only what is not past due. */
export async function dso(clients: Clients, tenantId: string, found: Findings, currency: string): Promise<Measures> {
  const at = found.invoices.map((i) => i.issueDate).sort().at(-1)!;
  const { agings } = await agingAt(clients, tenantId, at);
  const aging = agings.find((a) => a.currencyCode === currency);
  const line = aging && agingLine(at, aging);
  const sales = salesMinor(found.invoices, currency, at);
  return { at, currency, salesMinor: sales, openMinor: line?.open_minor ?? 0n, dso90: ratio((line?.open_minor ?? 0n) * 90n, sales), bestPossible: ratio((line?.buckets_minor['current'] ?? 0n) * 90n, sales) };
}
