import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { BatchAnswer, BatchItem, BatchRequest, BatchResponse } from '@ar/contracts/gen/ar/collections/v1/batch_service.js';
import { Api } from '@ar/platform/api.js';
import { recordContactRpc } from './case.grpc.js';
import { openDisputeRpc, resolveDisputeRpc } from './dispute.grpc.js';
import { withOwner } from './owners.js';
import { makePromiseRpc, withdrawPromiseRpc } from './promise.grpc.js';

const rpcs = { openDispute: openDisputeRpc, resolveDispute: resolveDisputeRpc, makePromise: makePromiseRpc, withdrawPromise: withdrawPromiseRpc, recordContact: recordContactRpc };
type Command = BatchItem['command'];

/** Many commands in one call. */
@Controller()
export class BatchGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.collections.v1.BatchService', 'batch')
  async batch({ tenantId, items }: BatchRequest): Promise<BatchResponse> {
    // Only up to what a batch may hold: a longer one is refused as a whole below.
    const commands = items.length > 1_000 ? items.map((i) => i.command) : await Promise.all(items.map((i) => this.#owned(tenantId, i.command, items)));
    const { answers, position } = await this.api.batch(tenantId, commands, rpcs);
    return { answers: answers.map((answer) => ({ answer }) as BatchAnswer), position };
  }

  /** What ends a promise or a dispute needs to know whose it is; it may have been made earlier in the same batch. */
  async #owned(tenantId: string, command: Command, items: readonly BatchItem[]): Promise<Command> {
    const ends = command?.$case === 'withdrawPromise' ? { kind: 'promise', id: command.value.promiseId } as const : command?.$case === 'resolveDispute' ? { kind: 'dispute', id: command.value.disputeId } as const : undefined;
    if (!ends || !command || command.value.tenantId !== tenantId) return command;
    const here = items.map((i) => madeIn(i.command, ends.kind, ends.id)).find((customer) => customer !== undefined);
    // One that cannot be looked for fails alone, with its own reason.
    const value = here === undefined ? await withOwner(this.api, command.value, ends.kind, ends.id).catch((failed: unknown) => ({ ...command.value, failed })) : { ...command.value, customerId: here };
    return { ...command, value } as Command;
  }
}

/** The customer whose promise or dispute of that id a command makes, if it does. */
function madeIn(command: Command, kind: 'promise' | 'dispute', id: string): string | undefined {
  switch (command?.$case) {
    case 'makePromise': return kind === 'promise' && command.value.promise?.promiseId === id ? command.value.customerId : undefined;
    case 'openDispute': return kind === 'dispute' && command.value.dispute?.disputeId === id ? command.value.customerId : undefined;
    case 'recordContact': return (kind === 'promise' ? command.value.promise?.promiseId : command.value.dispute?.disputeId) === id ? command.value.customerId : undefined;
    case 'withdrawPromise':
    case 'resolveDispute':
    case undefined: return undefined;
  }
}
