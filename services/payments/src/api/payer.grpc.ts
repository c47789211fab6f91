import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { LinkPayerRequest, type LinkPayerResponse, type ListPayerLinksRequest, type ListPayerLinksResponse, type PayerLinks, UnlinkPayerRequest, type UnlinkPayerResponse } from '@ar/contracts/gen/ar/payments/v1/payer_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { linkPayer, type LinkPayer, unlinkPayer, type UnlinkPayer } from '../payers.commands.js';
import { checked } from './queries.js';

const answer = (payer: PayerLinks, version: bigint, position: LinkPayerResponse['position']) => ({ payer, version, position });

export const linkPayerRpc: CommandRpc<LinkPayerRequest, LinkPayer, LinkPayerResponse> = {
  name: 'ar.payments.v1.PayerService/LinkPayer', message: LinkPayerRequest, command: linkPayer, answer,
  read: (f, { actor, reason }) => ({ customer: f.customer('payerCustomerId'), paidFor: f.customer('customerId'), fromOn: f.day('validFrom', true), by: actor, reason }),
};

export const unlinkPayerRpc: CommandRpc<UnlinkPayerRequest, UnlinkPayer, UnlinkPayerResponse> = {
  name: 'ar.payments.v1.PayerService/UnlinkPayer', message: UnlinkPayerRequest, command: unlinkPayer, answer,
  read: (f, { actor, reason }) => ({ customer: f.customer('payerCustomerId'), paidFor: f.customer('customerId'), untilOn: f.day('validUntil', true), by: actor, reason }),
};

/** Who pays for whom. */
@Controller()
export class PayerGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.PayerService', 'linkPayer')
  linkPayer(request: LinkPayerRequest) { return this.api.command(linkPayerRpc, request); }

  @GrpcMethod('ar.payments.v1.PayerService', 'unlinkPayer')
  unlinkPayer(request: UnlinkPayerRequest) { return this.api.command(unlinkPayerRpc, request); }

  @GrpcMethod('ar.payments.v1.PayerService', 'listPayerLinks')
  async listPayerLinks(request: ListPayerLinksRequest): Promise<ListPayerLinksResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; payer: string; customer: string; validFrom: string; validUntil: string }>(tx, 'payer-links', request, {
        select: `select payer || '/' || customer || '/' || valid_from page_id, payer, customer, valid_from, coalesce(valid_until, 'infinity') valid_until, valid_from::text "validFrom", coalesce(valid_until::text, '') "validUntil" from payer_link where tenant = $1`, values: [request.tenantId],
        columns: { payer_customer_id: text('payer'), customer_id: text('customer'), valid_from: { sql: 'valid_from', type: 'date' }, valid_until: { sql: 'valid_until', type: 'date' } }, orders: { payer_customer_id: text('payer') }, order: 'payer_customer_id',
      });
      return { links: rows.map((r) => ({ payerCustomerId: r.payer, customerId: r.customer, validFrom: r.validFrom, validUntil: r.validUntil })), nextPageToken };
    });
  }
}
