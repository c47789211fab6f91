import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Aging } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { StatementForm, type DiffRequest, type DiffResponse, type GetOpenItemStatementRequest, type GetOpenItemStatementResponse, type GetStatementDocumentRequest, type GetStatementDocumentResponse, type GetStatementRequest, type GetStatementResponse, type OpenItemLine, type StatementLine } from '@ar/contracts/gen/ar/payments/v1/statement_service.js';
import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';
import type { ResolvedAsOf } from '@ar/contracts/gen/ar/type/v1/as_of.js';
import { daysAfter, type Day } from '@ar/domain/day.js';
import { Api } from '@ar/platform/api.js';
import { invalid, refused } from '@ar/platform/errors.js';
import { languageOf } from '@ar/platform/languages.js';
import type { Tx } from '@ar/runtime/forms.js';
import { agingAt, agingPolicyAt, nothingOpen } from '../projections/aging.js';
import { accountKnown, controlTotalsAt, entriesRecorded, entryTotalsAt } from '../projections/journal.js';
import type { At } from '../projections/item-spans.js';
import { movedIn, movementsIn, openLinesAt, type Movement, type OpenLine, type OpenLineKey, type StatementKey } from '../projections/statement.js';
import { addresseeOf } from '../projections/addressees.js';
import { sellerOf } from '../projections/sellers.js';
import { MOST_PRINTED, printable, statementPdf, type PrintedStatement } from '../statement-pdf.js';
import { amountOf, amountsOf, checked, currencyIn, pagedReport } from './queries.js';
import { agingWith, journalEntry } from './report.grpc.js';

const movementLine = (currency: string, opening: bigint) => (m: Movement): StatementLine => ({
  date: m.on, originalDate: m.originalOn, eventType: m.eventType, eventId: m.eventId, documentNumber: m.documentNumber, subjectId: m.subjectId, dueDate: m.dueOn, balance: amountOf(opening + m.sum, currency),
  debit: m.minor > 0n ? amountOf(m.minor, currency) : undefined, credit: m.minor < 0n ? amountOf(-m.minor, currency) : undefined,
});
const openLine = (currency: string) => ({ credit, subjectId, documentNumber, instalment, date, dueOn, daysPastDue, originalMinor, minor }: OpenLine): OpenItemLine => ({
  subjectId, documentNumber, instalment, date, dueDate: dueOn, daysPastDue, original: credit ? undefined : amountOf(originalMinor, currency), open: credit ? undefined : amountOf(minor, currency), unapplied: credit ? amountOf(minor, currency) : undefined,
});

const onPaper = <T>(lines: readonly T[]): readonly T[] => { const fit = printable(lines); if ('refused' in fit) throw refused(fit); return fit; };
const openingDay = (asked: Day | '', on: Day): Day => {
  const from = asked || `${on.slice(0, 8)}01`;
  if (from > on) throw invalid([{ field: 'from_date', reason: 'FIELD_INVALID', description: `is after ${on}, the last day of the statement` }]);
  return from;
};
const { BALANCE_FORWARD, OPEN_ITEM } = StatementForm;

interface OfAccount { readonly customer: string; readonly currency: string }
/** The balance of its control account, if there is such an account. */
async function accountAt(tx: Tx, at: At, of: OfAccount): Promise<bigint> {
  if (!await accountKnown(tx, at, of.customer, of.currency)) throw refused({ refused: 'account-not-found', detail: { customerId: of.customer, currencyCode: of.currency } });
  return (await controlTotalsAt(tx, at, of)).get(of.currency) ?? 0n;
}

/** The aging strip at the foot of a statement, and what is open less what is not used. */
async function stripAt(tx: Tx, at: At, of: OfAccount, control: bigint): Promise<{ readonly strip: Aging; readonly balance: Amount }> {
  const { upTo } = await agingPolicyAt(tx, at);
  const aging = (await agingAt(tx, at, of, upTo))[0] ?? nothingOpen(of.customer, of.currency, upTo);
  return { strip: agingWith(upTo, () => control)(aging), balance: amountOf(aging.openMinor - aging.unappliedMinor, of.currency) };
}

/** Statements of account, and differences between two of our answers. */
@Controller()
export class StatementGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.StatementService', 'getStatement')
  async getStatement(request: GetStatementRequest): Promise<GetStatementResponse> {
    const { fromDate, ...of } = checked(request, (f) => ({ customer: f.customer('customerId'), currency: f.currency('currencyCode'), fromDate: f.day('fromDate', true) }));
    const { customer, currency } = of;
    return pagedReport<StatementKey, GetStatementResponse>(this.api, request, ['statement', customer, currency, fromDate], async (tx, { at, asOf, size, after, cut }) => {
      const from = openingDay(fromDate, at.on);
      const control = await accountAt(tx, at, of);
      const opening = (await controlTotalsAt(tx, { ...at, on: daysAfter(from, -1) }, of)).get(currency) ?? 0n;
      const { rows, nextPageToken } = cut(await movementsIn(tx, at, of, from, after, size + 1), ({ on, recorded, line }) => ({ on, recorded, line }));
      const { debits, credits } = await movedIn(tx, at, of, from);
      return {
        asOf, fromDate: from, openingBalance: amountOf(opening, currency), lines: rows.map(movementLine(currency, opening)), nextPageToken, debits: amountOf(debits, currency), credits: amountOf(credits, currency), closingBalance: amountOf(opening + debits - credits, currency),
        aging: (await stripAt(tx, at, of, control)).strip, controlTotal: amountOf(control, currency),
      };
    });
  }

  @GrpcMethod('ar.payments.v1.StatementService', 'getOpenItemStatement')
  async getOpenItemStatement(request: GetOpenItemStatementRequest): Promise<GetOpenItemStatementResponse> {
    const of = checked(request, (f) => ({ customer: f.customer('customerId'), currency: f.currency('currencyCode') }));
    const { customer, currency } = of;
    return pagedReport<OpenLineKey, GetOpenItemStatementResponse>(this.api, request, ['open items', customer, currency], async (tx, { at, asOf, size, after, cut }) => {
      const control = await accountAt(tx, at, of);
      const { rows, nextPageToken } = cut(await openLinesAt(tx, at, of, after, size + 1), ({ credit, on, subjectId }) => ({ credit, on, subjectId }));
      const aging = await stripAt(tx, at, of, control);
      return { asOf, lines: rows.map(openLine(currency)), nextPageToken, closingBalance: aging.balance, aging: aging.strip, controlTotal: amountOf(control, currency) };
    });
  }

  @GrpcMethod('ar.payments.v1.StatementService', 'getStatementDocument')
  async getStatementDocument(request: GetStatementDocumentRequest): Promise<GetStatementDocumentResponse> {
    const { fromDate, form: asked, ...of } = checked(request, (f) => ({ customer: f.customer('customerId'), currency: f.currency('currencyCode'), fromDate: f.day('fromDate', true), form: f.oneOf('form', [BALANCE_FORWARD, OPEN_ITEM], true) }));
    const { customer: customerId, currency } = of;
    const { printed, asOf, control } = await this.api.report(request, async (tx, { effectiveOn: on, known, echo }): Promise<{ readonly printed: PrintedStatement; readonly asOf: ResolvedAsOf; readonly control: bigint }> => {
      const at = { tenant: request.tenantId, on, known };
      const control = await accountAt(tx, at, of);
      const [{ baseCurrency, details: seller }, { language, personal: customer }, { strip: aging, balance: closing }] = [await sellerOf(tx, at.tenant), await addresseeOf(tx, at.tenant, customerId), await stripAt(tx, at, of, control)];
      const head = { language: languageOf(language), seller, customerId, customer, currency, on, aging, closing };
      if ((asked ?? (currency === baseCurrency ? BALANCE_FORWARD : OPEN_ITEM)) === OPEN_ITEM) return { asOf: echo, control, printed: { ...head, form: 'open-item', lines: onPaper(await openLinesAt(tx, at, of, undefined, MOST_PRINTED + 1)).map(openLine(currency)) } };
      const from = openingDay(fromDate, on);
      const opening = (await controlTotalsAt(tx, { ...at, on: daysAfter(from, -1) }, of)).get(currency) ?? 0n;
      return { asOf: echo, control, printed: { ...head, form: 'balance-forward', from, opening: amountOf(opening, currency), lines: onPaper(await movementsIn(tx, at, of, from, undefined, MOST_PRINTED + 1)).map(movementLine(currency, opening)) } };
    });
    return { fileName: `${customerId}-${currency}-${printed.on}.pdf`, mimeType: 'application/pdf', content: Buffer.from(await statementPdf(printed)), asOf, form: printed.form === 'open-item' ? OPEN_ITEM : BALANCE_FORWARD, controlTotal: amountOf(control, currency) };
  }

  @GrpcMethod('ar.payments.v1.StatementService', 'diff')
  async diff(request: DiffRequest): Promise<DiffResponse> {
    const of = checked(request, (f) => {
      if (request.knownBefore < 0n || request.knownBefore > BigInt(Number.MAX_SAFE_INTEGER)) f.wrong('knownBefore', 'FIELD_INVALID', 'must be the `known` of an earlier answer');
      return { customer: f.customer('customerId', true) || undefined, currency: currencyIn(f, request) };
    });
    const known = Number(request.knownBefore);
    return pagedReport<{ recorded: number; line: number }, DiffResponse>(this.api, request, ['diff', known, of.customer ?? '', of.currency ?? ''], async (tx, { at, asOf, size, after, cut }) => {
      if (known > at.known) throw invalid([{ field: 'known_before', reason: 'FIELD_INVALID', description: `is after ${at.known}, what the later past knows` }]);
      const { rows, nextPageToken } = cut(await entriesRecorded(tx, at, of, after ?? { recorded: known + 1, line: -1 }, size + 1), ({ recorded, line }) => ({ recorded, line }));
      const [before, now] = [await controlTotalsAt(tx, { ...at, known }, of), await controlTotalsAt(tx, at, of)];
      const differences = [...new Set([...before.keys(), ...now.keys()])].sort().map((currency) => {
        const [was, is] = [before.get(currency) ?? 0n, now.get(currency) ?? 0n];
        return { before: amountOf(was, currency), after: amountOf(is, currency), difference: amountOf(is - was, currency) };
      });
      return { asOf, differences, entries: rows.map(journalEntry), nextPageToken, controlTotals: amountsOf(await entryTotalsAt(tx, at, of, known)) };
    });
  }
}
