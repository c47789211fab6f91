// Whose promise or dispute an id names: what is decided about it is decided in the stream of its customer.
import { status as Code } from '@grpc/grpc-js';
import type { Api } from '@ar/platform/api.js';
import { ApiError } from '@ar/platform/errors.js';
import { ownerOf } from '../projections/cases.js';

/** A request that names its promise or dispute, with the customer that was found for it, or why none could be looked for. */
export type Owned<Req> = Req & { customerId?: string; failed?: unknown };
/** Stands for nobody: a command for it finds nothing. No customer's id begins so. */
export const NOBODY = '~nobody';

export async function withOwner<Req extends object>(api: Api, request: Req & { tenantId: string }, kind: 'promise' | 'dispute', id: string): Promise<Owned<Req>> {
  const owner = await api.query(request, (tx) => ownerOf(tx, request.tenantId, kind, id)).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === Code.INVALID_ARGUMENT) return undefined; // the command itself tells all that is wrong with it
    throw error;
  });
  return { ...request, customerId: owner ?? NOBODY };
}

/** The customer that was found; throws what prevented the search. */
export function ownerIn({ customerId = NOBODY, failed }: Owned<object>): string {
  if (failed !== undefined) throw failed;
  return customerId;
}
