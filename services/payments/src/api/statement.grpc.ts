import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { DiffRequest, DiffResponse, GetStatementRequest, GetStatementResponse, StatementLine } from '@ar/contracts/gen/ar/payments/v1/statement_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { Api } from '@ar/platform/api.js';
import { invalid, refused } from '@ar/platform/errors.js';
import { agingAt, agingPolicyAt, nothingOpen } from '../projections/aging.js';
import { accountKnown, controlTotalsAt, entriesRecorded, entryTotalsAt } from '../projections/journal.js';
import { movedIn, movementsIn, type Movement, type StatementKey } from '../projections/statement.js';
import { amountOf, amountsOf, checked, currencyIn, pagedReport } from './queries.js';
import { agingWith, journalEntry } from './report.grpc.js';

/** Statements of account, and differences between two of our answers. */
@Controller()
export class StatementGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.StatementService', 'getStatement')
  async getStatement(request: GetStatementRequest): Promise<GetStatementResponse> {
    const { fromDate, ...of } = checked(request, (f) => ({ customer: f.customer('customerId'), currency: f.currency('currencyCode'), fromDate: f.day('fromDate', true) }));
    const { customer, currency } = of;
    return pagedReport<StatementKey, GetStatementResponse>(this.api, request, ['statement', customer, currency, fromDate], async (tx, { at, asOf, size, after, cut }) => {
      const from = fromDate || `${at.on.slice(0, 8)}01`;
      if (from > at.on) throw invalid([{ field: 'from_date', reason: 'FIELD_INVALID', description: `is after ${at.on}, the last day of the statement` }]);
      if (!await accountKnown(tx, at, customer, currency)) throw refused({ refused: 'account-not-found', detail: { customerId: customer, currencyCode: currency } });
      const [opening, control] = [(await controlTotalsAt(tx, { ...at, on: daysAfter(from, -1) }, of)).get(currency) ?? 0n, (await controlTotalsAt(tx, at, of)).get(currency) ?? 0n];
      const { rows, nextPageToken } = cut(await movementsIn(tx, at, of, from, after, size + 1), ({ on, recorded, line }) => ({ on, recorded, line }));
      const { debits, credits } = await movedIn(tx, at, of, from);
      const { upTo } = await agingPolicyAt(tx, at);
      const aging = (await agingAt(tx, at, of, upTo))[0] ?? nothingOpen(customer, currency, upTo);
      const line = (m: Movement): StatementLine => ({
        date: m.on, originalDate: m.originalOn, eventType: m.eventType, eventId: m.eventId, documentNumber: m.documentNumber, subjectId: m.subjectId, dueDate: m.dueOn, balance: amountOf(opening + m.sum, currency),
        debit: m.minor > 0n ? amountOf(m.minor, currency) : undefined, credit: m.minor < 0n ? amountOf(-m.minor, currency) : undefined,
      });
      return {
        asOf, fromDate: from, openingBalance: amountOf(opening, currency), lines: rows.map(line), nextPageToken, debits: amountOf(debits, currency), credits: amountOf(credits, currency), closingBalance: amountOf(opening + debits - credits, currency),
        aging: agingWith(upTo, () => control)(aging), controlTotal: amountOf(control, currency),
      };
    });
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
