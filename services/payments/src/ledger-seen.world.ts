// What a caller of payments can know about a tenant, from answers alone: what to ask next is made of it, and what always has to hold is checked on it.
import { ListOpenItemsRequest, type ListOpenItemsResponse, type OpenItem } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { type BankReturn, type BankStatement, ListBankReturnsRequest, ListBankStatementsRequest } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { ListPostedCreditNotesRequest, type PostedCreditNote } from '@ar/contracts/gen/ar/payments/v1/credit_note_service.js';
import { type Debit, ListDebitsRequest } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import { ListMandatesRequest, type Mandate } from '@ar/contracts/gen/ar/payments/v1/mandate_service.js';
import { ListPayLinksRequest, type PayLink } from '@ar/contracts/gen/ar/payments/v1/pay_link_service.js';
import { ListPayerLinksRequest, type PayerLink } from '@ar/contracts/gen/ar/payments/v1/payer_service.js';
import { type Books, GetBooksRequest, type GetBooksResponse } from '@ar/contracts/gen/ar/payments/v1/period_service.js';
import { ListReceiptsRequest, type Receipt } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { ListRefundsRequest, type Refund } from '@ar/contracts/gen/ar/payments/v1/refund_service.js';
import { ListRemittanceAdvicesRequest, type RemittanceAdvice } from '@ar/contracts/gen/ar/payments/v1/remittance_service.js';
import { ListTakenOnDocumentsRequest, type TakenOnDocument } from '@ar/contracts/gen/ar/payments/v1/take_on_service.js';
import { ListWriteOffsRequest, type WriteOff } from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import type { Day } from '@ar/domain/day.js';
import { moneyOf } from '@ar/domain/money.js';
import type { LedgerService } from './ledger-service.world.js';

export const CUSTOMERS = ['c1', 'c2', 'c3'] as const;
export const CURRENCIES = ['EUR', 'USD'] as const;

/** An invoice that invoicing told of, whether payments has read it or not. */
export interface ToldInvoice { readonly invoiceId: string; readonly number: string; readonly customer: string; readonly currency: string; readonly minor: number; readonly issuedOn: Day; readonly instalments: readonly { readonly seq: number; readonly dueDate: Day; readonly minor: number }[]; voided: boolean }

export interface Seen {
  readonly receipts: readonly Receipt[];
  /** Settled ones too. */
  readonly items: readonly OpenItem[];
  readonly creditNotes: readonly PostedCreditNote[];
  readonly writeOffs: readonly WriteOff[];
  readonly refunds: readonly Refund[];
  readonly mandates: readonly Mandate[];
  readonly debits: readonly Debit[];
  readonly payLinks: readonly PayLink[];
  readonly advices: readonly RemittanceAdvice[];
  readonly statements: readonly BankStatement[];
  readonly returns: readonly BankReturn[];
  readonly payers: readonly PayerLink[];
  readonly takenOn: readonly TakenOnDocument[];
  readonly books: Books;
}

/** Every page of a list. */
async function all<Item>(service: LedgerService, name: string, request: object, items: string): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let pageToken = ''; ;) {
    const page = await service.ask<Record<string, unknown>>(name, { ...request, pageSize: 500, pageToken });
    found.push(...page[items] as readonly Item[]);
    pageToken = page['nextPageToken'] as string;
    if (pageToken === '') return found;
  }
}

export async function look(service: LedgerService, tenantId: string): Promise<Seen> {
  const of = { tenantId };
  const items = Promise.all(CURRENCIES.map((currencyCode) => all<OpenItem>(service, 'listOpenItems', ListOpenItemsRequest.fromPartial({ ...of, currencyCode, includeSettled: true }), 'openItems')));
  const [receipts, creditNotes, writeOffs, refunds, mandates, debits, payLinks, advices, statements, returns, payers, takenOn, books] = await Promise.all([
    all<Receipt>(service, 'listReceipts', ListReceiptsRequest.fromPartial(of), 'receipts'),
    all<PostedCreditNote>(service, 'listPostedCreditNotes', ListPostedCreditNotesRequest.fromPartial(of), 'creditNotes'),
    all<WriteOff>(service, 'listWriteOffs', ListWriteOffsRequest.fromPartial(of), 'writeOffs'),
    all<Refund>(service, 'listRefunds', ListRefundsRequest.fromPartial(of), 'refunds'),
    all<Mandate>(service, 'listMandates', ListMandatesRequest.fromPartial(of), 'mandates'),
    all<Debit>(service, 'listDebits', ListDebitsRequest.fromPartial(of), 'debits'),
    all<PayLink>(service, 'listPayLinks', ListPayLinksRequest.fromPartial(of), 'payLinks'),
    all<RemittanceAdvice>(service, 'listRemittanceAdvices', ListRemittanceAdvicesRequest.fromPartial(of), 'remittanceAdvices'),
    all<BankStatement>(service, 'listBankStatements', ListBankStatementsRequest.fromPartial(of), 'bankStatements'),
    all<BankReturn>(service, 'listBankReturns', ListBankReturnsRequest.fromPartial(of), 'bankReturns'),
    all<PayerLink>(service, 'listPayerLinks', ListPayerLinksRequest.fromPartial(of), 'links'),
    all<TakenOnDocument>(service, 'listTakenOnDocuments', ListTakenOnDocumentsRequest.fromPartial(of), 'documents'),
    service.ask<GetBooksResponse>('getBooks', GetBooksRequest.fromPartial(of)).then(({ books: b }) => b!),
  ]);
  return { receipts, items: (await items).flat(), creditNotes, writeOffs, refunds, mandates, debits, payLinks, advices, statements, returns, payers, takenOn, books };
}
export type { ListOpenItemsResponse };

export const minorOf = (amount: { readonly currencyCode: string; readonly value: string } | undefined): number => (amount ? moneyOf(amount).minor : 0);
export const amountOf = (minor: number, currencyCode: string) => ({ currencyCode, value: (minor / 100).toFixed(2) });
export const isOpen = (item: OpenItem): boolean => minorOf(item.open) > 0;
