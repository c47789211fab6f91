import { createHash } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { DebitItem } from '@ar/contracts/gen/ar/payments/v1/debit.js';
import {
  CancelPayLinkRequest, CreatePayLinkRequest, NoticeEffect, PayLink, PayLinkStatus,
  type CancelPayLinkResponse, type CreatePayLinkResponse, type GetPayLinkRequest, type GetPayLinkResponse, type ListPayLinksRequest, type ListPayLinksResponse, type ReceiveProviderNoticeRequest, type ReceiveProviderNoticeResponse,
} from '@ar/contracts/gen/ar/payments/v1/pay_link_service.js';
import { moneyOf } from '@ar/domain/money.js';
import { Api, newId, toPosition, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import { enumWord } from '@ar/platform/lists.js';
import { txOf } from '@ar/runtime/decide.js';
import type { AnyCommand } from '@ar/runtime/forms.js';
import { recordDebitStatus, type RecordDebitStatus } from '../debit-files.commands.js';
import { payableBy } from '../domain/pay-link.js';
import { cancelPayLink, createPayLink, recordLinkPayment, type CancelPayLink, type CreatePayLink, type RecordLinkPayment } from '../pay-links.commands.js';
import { attemptsCalled } from '../projections/debits.js';
import { openDay, payableNow, payLinkById } from '../projections/pay-links.js';
import { isOfTheseDays, isSignedNotice, linkIn, noticeIn, tokenOf, type Notice } from '../provider-notice.js';
import { amountOf, checked } from './queries.js';

export const createPayLinkRpc: CommandRpc<CreatePayLinkRequest, CreatePayLink, CreatePayLinkResponse> = {
  name: 'ar.payments.v1.PayLinkService/CreatePayLink', message: CreatePayLinkRequest, command: createPayLink, answer: (payLink: PayLink, version, position) => ({ payLink, version, position, token: '' }),
  read(f, request) {
    const [currency, amount] = [f.currency('currencyCode'), f.amount('amount', { optional: true })];
    if (amount && amount.currency !== currency) f.wrong('amount.currencyCode', 'FIELD_INVALID', 'is not the currency of the link');
    const items = f.list('items', { max: 100 }, (i: Fields<DebitItem>) => {
      const asked = i.amount('amount', { optional: true });
      if (asked && asked.currency !== currency) i.wrong('amount.currencyCode', 'FIELD_INVALID', 'is not the currency of the link');
      return { itemId: i.id('itemId', false, 128), asked: asked?.minor ?? null };
    });
    return { payLinkId: f.id('payLinkId', true) || newId('pln'), customer: f.customer('customerId'), currency, items, documentId: f.id('documentId', true), minor: amount?.minor ?? null, expiresOn: f.day('expiryDate'), by: request.actor };
  },
};

export const cancelPayLinkRpc: CommandRpc<CancelPayLinkRequest, CancelPayLink, CancelPayLinkResponse> = {
  name: 'ar.payments.v1.PayLinkService/CancelPayLink', message: CancelPayLinkRequest, command: cancelPayLink, answer: (payLink: PayLink, version, position) => ({ payLink, version, position }),
  read: (f, request) => ({ payLinkId: f.id('payLinkId'), by: request.actor, reason: request.reason }),
};

/** Pay links, and what the payment provider tells. */
@Controller()
export class PayLinkGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.PayLinkService', 'createPayLink')
  async createPayLink(request: CreatePayLinkRequest): Promise<CreatePayLinkResponse> {
    const made = await this.api.command(createPayLinkRpc, request);
    return { ...made, token: this.#token(request.tenantId, made.payLink!) };
  }

  @GrpcMethod('ar.payments.v1.PayLinkService', 'cancelPayLink')
  cancelPayLink(request: CancelPayLinkRequest) { return this.api.command(cancelPayLinkRpc, request); }

  @GrpcMethod('ar.payments.v1.PayLinkService', 'getPayLink')
  async getPayLink(request: GetPayLinkRequest): Promise<GetPayLinkResponse> {
    const { tenantId, token } = request;
    const asked = checked(request, (f) => {
      if ((request.token === '') === (request.payLinkId === '')) f.wrong('token', 'FIELD_INVALID', 'is set, or pay_link_id is: one of both');
      return { payLinkId: f.id('payLinkId', true), token: f.text('token', { max: 1_000, optional: true }) };
    });
    const payLinkId = token === '' ? asked.payLinkId : linkIn(this.api.secrets.links, tenantId, token);
    if (payLinkId === undefined) throw refused({ refused: 'pay-link-token-invalid', detail: {} });
    return this.api.query(request, async (tx) => {
      const found = await payLinkById(tx, tenantId, payLinkId);
      if (!found) throw refused({ refused: 'pay-link-not-found', detail: { payLinkId } });
      const { link, version } = found;
      const today = await openDay(tx, tenantId);
      const canBePaid = link.status === PayLinkStatus.OPEN && today <= link.expiryDate;
      const wanted = { items: link.items.map((i) => ({ itemId: i.itemId, asked: i.amount ? moneyOf(i.amount).minor : null })), documentId: link.documentId };
      const payable = canBePaid && !link.amount ? payableBy(wanted, await payableNow(tx, tenantId, link), today) : [];
      const total = canBePaid && link.amount ? moneyOf(link.amount).minor : payable.reduce((sum, p) => sum + p.minor, 0);
      return {
        payLink: link, version: BigInt(version), payable: payable.map(({ itemId, minor }) => ({ itemId, amount: amountOf(minor, link.currencyCode) })), total: amountOf(total, link.currencyCode), token: this.#token(tenantId, link),
      };
    });
  }

  @GrpcMethod('ar.payments.v1.PayLinkService', 'listPayLinks')
  async listPayLinks(request: ListPayLinksRequest): Promise<ListPayLinksResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const days = { created_date: { sql: 'created_on', type: 'date' as const }, expiry_date: { sql: 'expires_on', type: 'date' as const } };
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'pay-links', request, {
        select: 'select pay_link_id page_id, customer, status, document_id, created_on, expires_on, resource from pay_link where tenant = $1', values: [request.tenantId],
        columns: { customer_id: text('customer'), document_id: text('document_id'), ...days, status: { sql: 'status', type: 'text', value: enumWord(PayLinkStatus, 'PAY_LINK_STATUS') } }, orders: days, order: 'created_date',
      });
      return { payLinks: rows.map((r) => PayLink.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.payments.v1.PayLinkService', 'receiveProviderNotice')
  async receiveProviderNotice(request: ReceiveProviderNoticeRequest): Promise<ReceiveProviderNoticeResponse> {
    const { tenantId, body } = request;
    const { sentAt, signature } = checked(request, (f) => {
      if (request.body.length === 0) f.required('body');
      return { sentAt: f.text('sentAt', { max: 40, pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/, says: 'is not an instant, RFC 3339 in UTC' }), signature: f.text('signature', { max: 64 }) };
    });
    const { notices: secret } = this.api.secrets;
    if (secret === undefined) throw refused({ refused: 'notice-not-accepted', detail: {} });
    if (!isSignedNotice(secret, tenantId, sentAt, body, signature)) throw refused({ refused: 'notice-signature-invalid', detail: {} });
    await this.api.reach(request);
    const today = await this.api.query(request, (tx) => openDay(tx, tenantId));
    if (!isOfTheseDays(sentAt, today)) throw refused({ refused: 'notice-too-old', detail: { sentAt, today } });
    const notice = noticeIn(body);
    if (typeof notice === 'string') throw refused({ refused: 'notice-invalid', detail: { problem: notice } });
    const done = notice.type === 'link.paid' ? await this.#paidByLink(tenantId, notice) : await this.#ofCollection(tenantId, notice);
    return done ?? { effect: NoticeEffect.NOT_OURS, position: undefined };
  }

  async #paidByLink(tenant: string, { key: payLinkId, noticeId, reference, minor, currency, method }: Extract<Notice, { type: 'link.paid' }>): Promise<ReceiveProviderNoticeResponse | undefined> {
    const found = await this.api.runtime.live.read((client) => payLinkById(txOf(client), tenant, payLinkId));
    if (!found) return undefined;
    const request: RecordLinkPayment = { payLinkId, customer: found.link.customerId, reference, minor, currency, method };
    return this.#record(tenant, request.customer, noticeId, recordLinkPayment, request);
  }

  async #ofCollection(tenant: string, notice: Exclude<Notice, { type: 'link.paid' }>): Promise<ReceiveProviderNoticeResponse | undefined> {
    const [found] = await this.api.runtime.live.read((client) => attemptsCalled(txOf(client), [{ tenant, endToEndId: notice.key }]));
    if (!found) return undefined;
    const { debitId, attempt, customer, currency, mandateId } = found;
    const said = notice.type === 'collection.paid' ? { became: 'collected' as const, code: '', hard: false, reference: notice.reference }
      : { became: notice.type === 'collection.declined' ? 'declined' as const : 'returned' as const, code: notice.code, hard: notice.final, reference: '' };
    const request: RecordDebitStatus = { debitId, attempt, customer, currency, mandateId, ...said, kind: 'return', reason: `the provider says ${notice.type}` };
    return this.#record(tenant, customer, notice.noticeId, recordDebitStatus, request);
  }

  async #record(tenant: string, customer: string, noticeId: string, command: AnyCommand, request: object): Promise<ReceiveProviderNoticeResponse> {
    this.api.inTime();
    const hash = createHash('sha256').update(JSON.stringify([command.name, request])).digest();
    const meta = { correlation: noticeId, causation: '', actor: 'payment-provider', occurred: undefined as never };
    const { events, position, repeated } = await this.api.runtime.commands.execute({ tenant, customer, command, request, key: `${tenant}/~notice/${noticeId}`, hash, meta });
    return { effect: repeated || events.length === 0 ? NoticeEffect.KNOWN : NoticeEffect.RECORDED, position: toPosition(position) };
  }

  #token(tenant: string, { payLinkId, expiryDate }: PayLink): string { return tokenOf(this.api.secrets.links, tenant, payLinkId, expiryDate); }
}
