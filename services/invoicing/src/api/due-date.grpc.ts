import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { RescheduleDueDateRequest, type RescheduleDueDateResponse } from '@ar/contracts/gen/ar/invoicing/v1/due_date_service.js';
import type { Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { rescheduleDueDate, type RescheduleDueDate } from '../due-dates.commands.js';

export const rescheduleDueDateRpc: CommandRpc<RescheduleDueDateRequest, RescheduleDueDate, RescheduleDueDateResponse> = {
  name: 'ar.invoicing.v1.DueDateService/RescheduleDueDate', message: RescheduleDueDateRequest, command: rescheduleDueDate,
  answer: (invoice: Invoice, version, position) => ({ invoice, version, position }),
  read: (f) => ({ invoiceId: f.id('invoiceId'), instalment: f.integer('instalment', 0, 60), dueDate: f.day('dueDate'), reason: f.text('reason', { max: 500 }) }),
};

/** Due dates that are moved after the invoice was issued. */
@Controller()
export class DueDateGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.DueDateService', 'rescheduleDueDate')
  rescheduleDueDate(request: RescheduleDueDateRequest) { return this.api.command(rescheduleDueDateRpc, request); }
}
