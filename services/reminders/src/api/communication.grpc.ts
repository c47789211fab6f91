import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { Communication, CommunicationStatus, type ListCommunicationsRequest, type ListCommunicationsResponse } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { ReminderKind, SuppressionReason } from '@ar/contracts/gen/ar/reminders/v1/reminder.js';
import { Api } from '@ar/platform/api.js';
import { enumWord } from '@ar/platform/lists.js';


/** Every message, with its words. */
@Controller()
export class CommunicationGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.reminders.v1.CommunicationService', 'listCommunications')
  listCommunications(request: ListCommunicationsRequest): Promise<ListCommunicationsResponse> {
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'communications', request, {
        select: 'select communication_id page_id, customer, status, kind, level, requested_on, suppression_reason, debit_id, resource from communication where tenant = $1', values: [request.tenantId],
        columns: {
          customer_id: { sql: 'customer', type: 'text' }, status: { sql: 'status', type: 'text', value: enumWord(CommunicationStatus, 'COMMUNICATION_STATUS') }, kind: { sql: 'kind', type: 'text', value: enumWord(ReminderKind, 'REMINDER_KIND') },
          level: { sql: 'level', type: 'number' }, debit_id: { sql: 'debit_id', type: 'text' }, requested_on: { sql: 'requested_on', type: 'date' }, suppression_reason: { sql: 'suppression_reason', type: 'text', value: enumWord(SuppressionReason, 'SUPPRESSION_REASON') },
        },
        orders: { requested_on: { sql: 'requested_on', type: 'date' } }, order: 'requested_on',
      });
      return { communications: rows.map((r) => Communication.fromJSON(r.resource)), nextPageToken };
    });
  }
}
