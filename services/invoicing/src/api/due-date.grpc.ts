import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { ApproveDueDateRequest, RefuseDueDateRequest, RescheduleDueDateRequest, type ApproveDueDateResponse, type RefuseDueDateResponse, type RescheduleDueDateResponse } from '@ar/contracts/gen/ar/invoicing/v1/due_date_service.js';
import type { Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { approveDueDate, refuseDueDate, rescheduleDueDate, type ApproveDueDate, type RefuseDueDate, type RescheduleDueDate } from '../due-dates.commands.js';

const answer = (invoice: Invoice, version: bigint, position: RescheduleDueDateResponse['position']) => ({ invoice, version, position });

export const rescheduleDueDateRpc: CommandRpc<RescheduleDueDateRequest, RescheduleDueDate, RescheduleDueDateResponse> = {
  name: 'ar.invoicing.v1.DueDateService/RescheduleDueDate', message: RescheduleDueDateRequest, command: rescheduleDueDate, answer,
  read: (f, { actor }) => ({ invoiceId: f.id('invoiceId'), approvalId: f.id('approvalId', true) || newId('apr'), instalment: f.integer('instalment', 0, 60), dueDate: f.day('dueDate'), reason: f.text('reason', { max: 500 }), by: actor }),
};

export const approveDueDateRpc: CommandRpc<ApproveDueDateRequest, ApproveDueDate, ApproveDueDateResponse> = {
  name: 'ar.invoicing.v1.DueDateService/ApproveDueDate', message: ApproveDueDateRequest, command: approveDueDate, answer,
  read: (f, { actor }) => ({ invoiceId: f.id('invoiceId'), approvalId: f.id('approvalId'), by: actor }),
};

export const refuseDueDateRpc: CommandRpc<RefuseDueDateRequest, RefuseDueDate, RefuseDueDateResponse> = {
  name: 'ar.invoicing.v1.DueDateService/RefuseDueDate', message: RefuseDueDateRequest, command: refuseDueDate, answer,
  read: (f, { actor }) => ({ invoiceId: f.id('invoiceId'), approvalId: f.id('approvalId'), reason: f.text('reason', { max: 500 }), by: actor }),
};

/** Due dates that are moved after the invoice was issued. */
@Controller()
export class DueDateGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.DueDateService', 'rescheduleDueDate')
  rescheduleDueDate(request: RescheduleDueDateRequest) { return this.api.command(rescheduleDueDateRpc, request); }

  @GrpcMethod('ar.invoicing.v1.DueDateService', 'approveDueDate')
  approveDueDate(request: ApproveDueDateRequest) { return this.api.command(approveDueDateRpc, request); }

  @GrpcMethod('ar.invoicing.v1.DueDateService', 'refuseDueDate')
  refuseDueDate(request: RefuseDueDateRequest) { return this.api.command(refuseDueDateRpc, request); }
}
