import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { GetAccountRequest, GetAccountResponse, ListOpenItemsRequest, ListOpenItemsResponse, OpenItem } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { Api } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import { UNIDENTIFIED } from '../domain/account.js';
import { agingAt, nothingOpen } from '../projections/aging.js';
import { offersAt } from '../projections/item-discounts.js';
import { itemsAt, type OpenItemRow } from '../projections/item-spans.js';
import { accountKnown, controlTotalsAt, receivablesAt, suspenseAt } from '../projections/journal.js';
import { amountOf, checked, pagedReport, segmentIn } from './queries.js';

const openItem = (r: OpenItemRow, discounts: OpenItem['discounts']): OpenItem => ({
  customerId: r.customer,
  item: { itemId: r.itemId, kind: r.kind, documentId: r.documentId, documentNumber: r.documentNumber, instalment: r.instalment, issueDate: r.issuedOn, dueDate: r.dueOn, original: amountOf(r.originalMinor, r.currency) },
  open: amountOf(r.openMinor, r.currency), daysPastDue: r.daysPastDue, lastSettledOn: r.lastSettledOn, discounts,
});

/** Receivable accounts: what each customer owes. */
@Controller()
export class AccountGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.AccountService', 'getAccount')
  async getAccount(request: GetAccountRequest): Promise<GetAccountResponse> {
    const { customer, currency } = checked(request, (f) => ({ customer: request.customerId === UNIDENTIFIED ? UNIDENTIFIED : f.customer('customerId'), currency: f.currency('currencyCode') }));
    return this.api.report(request, async (tx, { effectiveOn, known, echo }) => {
      const at = { tenant: request.tenantId, on: effectiveOn, known };
      if (!await accountKnown(tx, at, customer, currency)) throw refused({ refused: 'account-not-found', detail: { customerId: customer, currencyCode: currency } });
      const { openMinor, unappliedMinor, count, buckets } = (await agingAt(tx, at, { customer, currency }, []))[0] ?? nothingOpen(customer, currency, []);
      const control = customer === UNIDENTIFIED ? await suspenseAt(tx, at, currency) : await controlTotalsAt(tx, at, { customer, currency });
      return {
        account: {
          customerId: customer, currencyCode: currency, open: amountOf(openMinor, currency), unapplied: amountOf(unappliedMinor, currency), balance: amountOf(openMinor - unappliedMinor, currency),
          pastDue: amountOf(buckets[1]!.openMinor, currency), openItems: BigInt(count),
        },
        asOf: echo, controlTotal: amountOf(control.get(currency) ?? 0n, currency),
      };
    });
  }

  @GrpcMethod('ar.payments.v1.AccountService', 'listOpenItems')
  async listOpenItems(request: ListOpenItemsRequest): Promise<ListOpenItemsResponse> {
    const { customer, currency, segment } = checked(request, (f) => ({ customer: f.customer('customerId', true) || undefined, currency: f.currency('currencyCode'), segment: segmentIn(f, request) }));
    const { includeSettled } = request;
    return pagedReport<{ dueOn: string; itemId: string }, ListOpenItemsResponse>(this.api, request, ['open-items', customer ?? '', currency, includeSettled, segment ?? ''], async (tx, { at, asOf, size, after, cut }) => {
      const { rows, nextPageToken } = cut(await itemsAt(tx, at, { customer, currency, segment }, after, size + 1, includeSettled), ({ dueOn, itemId }) => ({ dueOn, itemId }));
      const offers = await offersAt(tx, at, rows);
      return { openItems: rows.map((r) => openItem(r, offers(r.itemId))), nextPageToken, asOf, controlTotal: amountOf((await receivablesAt(tx, at, { customer, currency, segment })).get(currency) ?? 0n, currency) };
    });
  }
}
