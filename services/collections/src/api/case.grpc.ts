import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { CaseRecord, type ListCasesRequest, type ListCasesResponse } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import type { ContactResult as WireResult } from '@ar/contracts/gen/ar/collections/v1/collection.js';
import {
  RecordContactRequest,
  type CollectionCase, type GetCaseRequest, type GetCaseResponse, type GetWorklistRequest, type GetWorklistResponse, type RecordContactResponse,
} from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { formatMoney } from '@ar/domain/money.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import { pageSizeOf } from '@ar/platform/lists.js';
import { inForce } from '@ar/runtime/in-force.js';
import { recordContact, type RecordContact } from '../collections.commands.js';
import { wireResults, wireRules } from '../collections.publisher.js';
import { pointsOf, priorityOf } from '../domain/priority.js';
import { caseFacts, contactsOf, type CaseFacts, type Touched } from '../projections/cases.js';
import { openDisputesOf } from '../projections/disputes.js';
import { answersOf } from '../projections/invoice-answers.js';
import { promisesOf } from '../projections/promises.js';
import { readChannel, readDispute, readNote, readPromise, wordOf } from './drafts.js';

export const recordContactRpc: CommandRpc<RecordContactRequest, RecordContact, RecordContactResponse> = {
  name: 'ar.collections.v1.CaseService/RecordContact', message: RecordContactRequest, command: recordContact,
  answer: ({ contact }: Touched, version, position) => ({ contact, version, position }),
  read: (f) => ({
    customerId: f.customer('customerId'),
    draft: {
      contactId: f.id('contactId', true) || newId('con'), channel: readChannel(f), result: wordOf(wireResults, f.oneOf<WireResult>('result', Object.values(wireResults))), followUpOn: f.day('followUpOn', true), note: readNote(f),
      promise: f.inside('promise', readPromise) ?? null, dispute: f.inside('dispute', readDispute) ?? null,
    },
  }),
};

/** A case as it is ranked on a day. */
function ranked(facts: CaseFacts, today: Day, policy: PoliciesInForce['priority']): CollectionCase {
  const oldestDueOn = facts.pastDue.map((p) => p.oldestDueOn).sort()[0] ?? '';
  const points = pointsOf({ today, pastDue: facts.pastDue, oldestDueOn, brokenPromises: facts.brokenPromises, onHold: facts.onHold, lastContactOn: facts.lastContactOn ?? '' }, policy);
  const amount = (minor: bigint, currency: string) => ({ currencyCode: currency, value: formatMoney({ minor, currency }) });
  return {
    caseId: facts.caseId, customerId: facts.customer, open: facts.open, openedOn: facts.openedOn, closedOn: facts.closedOn ?? '',
    priority: priorityOf(points), points: points.map((p) => ({ ...p, rule: wireRules[p.rule] })),
    pastDue: facts.pastDue.map((p) => ({ amount: amount(p.pastDueMinor, p.currency), disputed: amount(p.disputedMinor, p.currency), promised: amount(p.promisedMinor, p.currency), coming: amount(p.comingMinor, p.currency), items: p.items })),
    oldestDueDate: oldestDueOn, onHold: facts.onHold, brokenPromises: facts.brokenPromises, lastContactOn: facts.lastContactOn ?? '', followUpOn: facts.followUpOn ?? '',
    withoutAddress: facts.withoutAddress, undelivered: [...facts.undelivered], policyVersion: policy.version,
  };
}

const text = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
type Place = readonly [priority: number, oldestDueDate: string, customerId: string];
const placeOf = (c: CollectionCase): Place => [c.priority, c.oldestDueDate, c.customerId];
/** Highest priority first; ties by oldest due date, then by customer id. */
const inOrder = (a: Place, b: Place): number => b[0] - a[0] || text(a[1], b[1]) || text(a[2], b[2]);

/** Cases and the worklist. */
@Controller()
export class CaseGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.collections.v1.CaseService', 'recordContact')
  recordContact(request: RecordContactRequest) { return this.api.command(recordContactRpc, request); }

  @GrpcMethod('ar.collections.v1.CaseService', 'getWorklist')
  getWorklist(request: GetWorklistRequest): Promise<GetWorklistResponse> {
    const size = pageSizeOf(request.pageSize);
    return this.api.query(request, async (tx) => {
      const now = await inForce(tx, request.tenantId, 'priority');
      if (!now) throw refused({ refused: 'tenant-not-found', detail: { tenantId: request.tenantId } });
      const about = JSON.stringify(['worklist', request.tenantId]);
      const after = this.api.pages.after(about, request.pageToken) as Place | undefined;
      const all = (await caseFacts(tx, request.tenantId, now.today, null)).map((facts) => ranked(facts, now.today, now.policy)).sort((a, b) => inOrder(placeOf(a), placeOf(b)));
      const rest = after ? all.filter((c) => inOrder(placeOf(c), after) > 0) : all;
      const cases = rest.slice(0, size);
      return { cases, nextPageToken: rest.length > size ? this.api.pages.token(about, placeOf(cases.at(-1)!)) : '', businessDate: now.today };
    });
  }

  @GrpcMethod('ar.collections.v1.CaseService', 'getCase')
  getCase(request: GetCaseRequest): Promise<GetCaseResponse> {
    const { tenantId, customerId } = request;
    return this.api.query(request, async (tx) => {
      const now = await inForce(tx, tenantId, 'priority');
      const [facts] = now ? await caseFacts(tx, tenantId, now.today, customerId) : [];
      if (!now || !facts) throw refused({ refused: 'case-not-found', detail: { customerId } });
      const [contacts, disputes, promises] = [await contactsOf(tx, tenantId, customerId), await openDisputesOf(tx, tenantId, customerId), await promisesOf(tx, tenantId, customerId, daysAfter(now.today, -365))];
      return { collectionCase: ranked(facts, now.today, now.policy), version: BigInt(facts.version), contacts: [...contacts], disputes: [...disputes], promises: [...promises], invoiceAnswers: [...await answersOf(tx, tenantId, customerId)] };
    });
  }

  @GrpcMethod('ar.collections.v1.CaseService', 'listCases')
  listCases(request: ListCasesRequest): Promise<ListCasesResponse> {
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'cases', request, {
        select: 'select case_id page_id, customer, opened_on, closed_on, resource from case_record where tenant = $1', values: [request.tenantId],
        columns: { customer_id: { sql: 'customer', type: 'text' }, opened_on: { sql: 'opened_on', type: 'date' }, closed_on: { sql: 'closed_on', type: 'date' } },
        orders: { opened_on: { sql: 'opened_on', type: 'date' } }, order: 'opened_on',
      });
      return { cases: rows.map((r) => CaseRecord.fromJSON(r.resource)), nextPageToken };
    });
  }
}
