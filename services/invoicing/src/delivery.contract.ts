// Words of deliveries in the domain and in the contract.
import { DeliveryCause, DeliveryChannel as WireChannel, DeliverySuppressionReason } from '@ar/contracts/gen/ar/invoicing/v1/delivery.js';
import { DeliveryOutcome } from '@ar/contracts/gen/ar/invoicing/v1/delivery_service.js';
import { words } from '@ar/runtime/terms-contract.js';
import type { DeliveryWish, HeldBack } from './domain/delivery.js';
import type { DeliveryChannel } from './domain/delivery-preferences.js';

export const deliveryChannel = words<DeliveryChannel, WireChannel>({ none: WireChannel.NONE, email: WireChannel.EMAIL });
export const deliveryCause = words<DeliveryWish['requestedBy'], DeliveryCause>({ issue: DeliveryCause.ISSUE, person: DeliveryCause.PERSON });
export const heldBack = words<HeldBack, DeliverySuppressionReason>({
  'document-voided': DeliverySuppressionReason.DOCUMENT_VOIDED, 'no-address': DeliverySuppressionReason.NO_ADDRESS, 'no-sender': DeliverySuppressionReason.NO_SENDER, 'xml-refused': DeliverySuppressionReason.XML_REFUSED,
});
export const deliveryOutcome = words<'delivered' | 'bounced', DeliveryOutcome>({ delivered: DeliveryOutcome.DELIVERED, bounced: DeliveryOutcome.BOUNCED });
