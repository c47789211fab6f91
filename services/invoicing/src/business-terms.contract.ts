// Words of business terms in the domain and in the contract.
import { AcknowledgementWay as WireWay, ChargeKind as WireKind } from '@ar/contracts/gen/ar/invoicing/v1/business_terms.js';
import { ChargeGround } from '@ar/contracts/gen/ar/invoicing/v1/business_terms_service.js';
import { words } from '@ar/runtime/terms-contract.js';
import type { Acknowledgement, AcknowledgementWay } from './domain/acknowledgements.js';
import type { BusinessTerms, ChargeKind } from './domain/business-terms.js';
import type { Ground } from './domain/enforceable.js';

export const chargeKind = words<ChargeKind, WireKind>({
  'late-charge': WireKind.LATE_CHARGE, 'dunning-fee': WireKind.DUNNING_FEE, costs: WireKind.COSTS, 'unearned-discount': WireKind.UNEARNED_DISCOUNT, 'fixed-compensation': WireKind.FIXED_COMPENSATION,
});
export const acknowledgementWay = words<AcknowledgementWay, WireWay>({ signed: WireWay.SIGNED, clicked: WireWay.CLICKED, email: WireWay.EMAIL, contract: WireWay.CONTRACT });
export const chargeGround = words<Ground, ChargeGround>({ acknowledged: ChargeGround.ACKNOWLEDGED, statute: ChargeGround.STATUTE, 'not-acknowledged': ChargeGround.NOT_ACKNOWLEDGED, 'not-allowed': ChargeGround.NOT_ALLOWED });

export const wireBusinessTerms = ({ charges, ...terms }: BusinessTerms) => ({ ...terms, charges: charges.map((c) => ({ ...c, kind: chargeKind.wire(c.kind) })) });
export const wireAcknowledgement = ({ evidence, ...of }: Acknowledgement) => ({ ...of, evidence: { ...evidence, way: acknowledgementWay.wire(evidence.way) } });
