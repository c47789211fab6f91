import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { HoldRecord, type ListHoldsRequest, type ListHoldsResponse } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import { CreditLimitKind, type CreditLimit } from '@ar/contracts/gen/ar/credit/v1/credit.js';
import {
  CancelReservationRequest, CreditDecision, PlaceHoldRequest, ReleaseHoldRequest, ReserveCreditRequest, SetCreditLimitRequest,
  type CancelReservationResponse, type CheckCreditRequest, type CheckCreditResponse, type Exposure, type GetCreditAccountRequest, type GetCreditAccountResponse, type GetExposureRequest,
  type GetExposureResponse, type PlaceHoldResponse, type ReleaseHoldResponse, type ReserveCreditResponse, type SetCreditLimitResponse,
} from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';
import { formatMoney } from '@ar/domain/money.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { inForce } from '@ar/runtime/in-force.js';
import type { Tx } from '@ar/runtime/forms.js';
import {
  cancelReservation, placeHold, releaseHold, reserveCredit, setCreditLimit,
  type CancelReservation, type HoldByHand, type ReserveCredit, type SetCreditLimit,
} from '../credit.commands.js';
import { wireTrace } from '../credit.publisher.js';
import { adviceOf, type Asking, checkCredit, daysPastDue, exposureMinor, limitMinor, riskIn, type Advice, type Limit } from '../domain/credit-check.js';
import { creditAccountOf, type CreditAccountResource, emptyAccount, standingIn } from '../projections/credit-accounts.js';
import { getCustomer } from '../projections/customers.js';
import { risksOf } from '../projections/exposure.js';

type Position = SetCreditLimitResponse['position'];
const answer = ({ account }: CreditAccountResource, version: bigint, position: Position) => ({ creditAccount: account, version, position });
const answerWithReservation = ({ account, reservation }: CreditAccountResource, version: bigint, position: Position) => ({ creditAccount: account, version, position, reservation: reservation ?? undefined });

function readLimit(f: Fields<CreditLimit>, { amount: given }: CreditLimit): { currency: string; limit: Limit } {
  const currency = f.currency('currencyCode');
  const kind = f.oneOf('kind', [CreditLimitKind.AMOUNT, CreditLimitKind.UNLIMITED, CreditLimitKind.NONE]);
  if (kind !== CreditLimitKind.AMOUNT) {
    if (given) f.wrong('amount', 'FIELD_INVALID', 'is only given with CREDIT_LIMIT_KIND_AMOUNT');
    return { currency, limit: { kind: kind === CreditLimitKind.UNLIMITED ? 'unlimited' : 'none' } };
  }
  const amount = f.amount('amount', { sign: 'not-negative' });
  if (amount && amount.currency !== currency) f.wrong('amount.currency_code', 'FIELD_INVALID', 'is not the currency of the limit');
  return { currency, limit: { kind: 'amount', minor: amount?.minor ?? 0 } };
}

export const setCreditLimitRpc: CommandRpc<SetCreditLimitRequest, SetCreditLimit, SetCreditLimitResponse> = {
  name: 'ar.credit.v1.CreditService/SetCreditLimit', message: SetCreditLimitRequest, command: setCreditLimit, answer,
  read(f, { reason }) {
    const limit = f.inside('limit', readLimit);
    if (!limit) f.required('limit');
    return { customerId: f.customer('customerId'), ...limit!, reason };
  },
};

export const reserveCreditRpc: CommandRpc<ReserveCreditRequest, ReserveCredit, ReserveCreditResponse> = {
  name: 'ar.credit.v1.CreditService/ReserveCredit', message: ReserveCreditRequest, command: reserveCredit, answer: answerWithReservation,
  read: (f) => ({
    reservationId: f.id('reservationId', true) || newId('rsv'), customerId: f.customer('customerId'), amount: f.amount('amount')!, expiresOn: f.day('expiresOn', true), orderNumber: f.text('orderNumber', { max: 64, optional: true }),
  }),
};

export const cancelReservationRpc: CommandRpc<CancelReservationRequest, CancelReservation, CancelReservationResponse> = {
  name: 'ar.credit.v1.CreditService/CancelReservation', message: CancelReservationRequest, command: cancelReservation, answer: answerWithReservation,
  read: (f, { reason }) => ({ customerId: f.customer('customerId'), reservationId: f.id('reservationId'), reason }),
};

const readHold = (f: Fields<PlaceHoldRequest>): HoldByHand => ({ customerId: f.customer('customerId'), reason: f.text('reason', { max: 500 }) });
export const placeHoldRpc: CommandRpc<PlaceHoldRequest, HoldByHand, PlaceHoldResponse> = { name: 'ar.credit.v1.CreditService/PlaceHold', message: PlaceHoldRequest, command: placeHold, answer, read: readHold };
export const releaseHoldRpc: CommandRpc<ReleaseHoldRequest, HoldByHand, ReleaseHoldResponse> = { name: 'ar.credit.v1.CreditService/ReleaseHold', message: ReleaseHoldRequest, command: releaseHold, answer, read: readHold };

const decisions: Readonly<Record<Advice, CreditDecision>> = { approve: CreditDecision.APPROVE, hold: CreditDecision.HOLD, reject: CreditDecision.REJECT };

/** What the rules look at, as it was last read. */
async function askingAbout(tx: Tx, tenant: string, customer: string): Promise<Asking & { readonly resource: CreditAccountResource; readonly version: number }> {
  if (!await getCustomer(tx, tenant, customer)) throw refused({ refused: 'customer-not-found', detail: { customerId: customer } });
  const now = await inForce(tx, tenant, 'creditHold');
  if (!now) throw refused({ refused: 'tenant-not-found', detail: { tenantId: tenant } });
  const { resource, version } = await creditAccountOf(tx, tenant, customer) ?? { resource: emptyAccount(customer), version: 0 };
  const [risks] = await risksOf(tx, [{ tenant, customer }]);
  return { ...now, standing: standingIn(resource, now.today), risks: risks!, resource, version };
}

function exposureOf(asking: Asking & { readonly resource: CreditAccountResource }, customerId: string, currency: string): Exposure {
  const amount = (minor: bigint): Amount => ({ currencyCode: currency, value: formatMoney({ minor, currency }) });
  const { openMinor, unappliedMinor } = riskIn(asking.risks, currency);
  const exposure = exposureMinor(asking, currency);
  const most = limitMinor(asking.standing.limits[currency]);
  return {
    customerId, currencyCode: currency, open: amount(openMinor), reserved: amount(asking.standing.reservedMinor[currency] ?? 0n), unapplied: amount(unappliedMinor), exposure: amount(exposure),
    limit: asking.resource.account.limits.find((l) => l.currencyCode === currency) ?? { currencyCode: currency, kind: CreditLimitKind.UNSPECIFIED, amount: undefined },
    available: most === null ? undefined : amount(BigInt(most) - exposure), daysPastDue: daysPastDue(asking.risks.filter((r) => r.currency === currency), asking.today),
  };
}

/** Credit: who may owe how much. */
@Controller()
export class CreditGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.credit.v1.CreditService', 'setCreditLimit')
  setCreditLimit(request: SetCreditLimitRequest) { return this.api.command(setCreditLimitRpc, request); }

  @GrpcMethod('ar.credit.v1.CreditService', 'reserveCredit')
  reserveCredit(request: ReserveCreditRequest) { return this.api.command(reserveCreditRpc, request); }

  @GrpcMethod('ar.credit.v1.CreditService', 'cancelReservation')
  cancelReservation(request: CancelReservationRequest) { return this.api.command(cancelReservationRpc, request); }

  @GrpcMethod('ar.credit.v1.CreditService', 'placeHold')
  placeHold(request: PlaceHoldRequest) { return this.api.command(placeHoldRpc, request); }

  @GrpcMethod('ar.credit.v1.CreditService', 'releaseHold')
  releaseHold(request: ReleaseHoldRequest) { return this.api.command(releaseHoldRpc, request); }

  @GrpcMethod('ar.credit.v1.CreditService', 'checkCredit')
  checkCredit(request: CheckCreditRequest): Promise<CheckCreditResponse> {
    const fields = new Fields(request);
    const amount = fields.amount('amount', { sign: 'not-negative' });
    fields.done();
    const { minor, currency } = amount!;
    return this.api.query(request, async (tx) => {
      const asking = await askingAbout(tx, request.tenantId, request.customerId);
      const rules = checkCredit(asking, currency, minor);
      return { decision: decisions[adviceOf(rules)], rules: wireTrace(rules).map((r) => ({ ...r, inputs: [...r.inputs] })), exposure: exposureOf(asking, request.customerId, currency), policyVersion: asking.policy.version };
    });
  }

  @GrpcMethod('ar.credit.v1.CreditService', 'getExposure')
  getExposure(request: GetExposureRequest): Promise<GetExposureResponse> {
    if (request.currencyCode !== '') { const fields = new Fields(request); fields.currency('currencyCode'); fields.done(); }
    return this.api.query(request, async (tx) => {
      const asking = await askingAbout(tx, request.tenantId, request.customerId);
      const every = [...asking.risks.map((r) => r.currency), ...asking.resource.account.limits.map((l) => l.currencyCode), ...Object.keys(asking.standing.reservedMinor)];
      const currencies = request.currencyCode !== '' ? [request.currencyCode] : [...new Set(every)].sort();
      return { exposures: currencies.map((currency) => exposureOf(asking, request.customerId, currency)) };
    });
  }

  @GrpcMethod('ar.credit.v1.CreditService', 'getCreditAccount')
  getCreditAccount(request: GetCreditAccountRequest): Promise<GetCreditAccountResponse> {
    return this.api.query(request, async (tx) => {
      const { resource, version } = await askingAbout(tx, request.tenantId, request.customerId);
      return { creditAccount: resource.account, version: BigInt(version) };
    });
  }

  @GrpcMethod('ar.credit.v1.CreditService', 'listHolds')
  listHolds(request: ListHoldsRequest): Promise<ListHoldsResponse> {
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'holds', request, {
        select: 'select hold_id page_id, customer, placed_on, released_on, resource from hold where tenant = $1', values: [request.tenantId],
        columns: { customer_id: { sql: 'customer', type: 'text' }, placed_on: { sql: 'placed_on', type: 'date' }, released_on: { sql: 'released_on', type: 'date' } },
        orders: { placed_on: { sql: 'placed_on', type: 'date' } }, order: 'placed_on',
      });
      return { holds: rows.map((r) => HoldRecord.fromJSON(r.resource)), nextPageToken };
    });
  }
}
