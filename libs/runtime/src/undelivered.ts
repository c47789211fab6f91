// Whether a document has reached its customer, by what invoicing tells of its deliveries.
import { DeliverySuppressionReason } from '@ar/contracts/gen/ar/invoicing/v1/delivery.js';
import type { Consumed } from './forms.js';

export type DeliveryOutcome = 'ar.invoicing.delivery_sent.v1' | 'ar.invoicing.delivery_confirmed.v1' | 'ar.invoicing.delivery_failed.v1' | 'ar.invoicing.delivery_suppressed.v1' | 'ar.invoicing.delivery_bounced.v1';

/** `undelivered` is undefined where the event says nothing about it: it is attempted again by itself, or nobody wants it any more. */
export function deliveryOutcome(event: Consumed<DeliveryOutcome>): { readonly documentId: string; readonly documentNumber: string; readonly undelivered: boolean | undefined; readonly detail: string } {
  const { documentId, documentNumber } = event.data;
  const { detail } = event.data;
  switch (event.type) {
    case 'ar.invoicing.delivery_sent.v1':
    case 'ar.invoicing.delivery_confirmed.v1': return { documentId, documentNumber, undelivered: false, detail };
    case 'ar.invoicing.delivery_failed.v1': return { documentId, documentNumber, undelivered: event.data.again ? undefined : true, detail };
    case 'ar.invoicing.delivery_suppressed.v1': return { documentId, documentNumber, undelivered: event.data.reason === DeliverySuppressionReason.DOCUMENT_VOIDED ? undefined : true, detail };
    case 'ar.invoicing.delivery_bounced.v1': return { documentId, documentNumber, undelivered: true, detail: event.data.code === '' ? detail : `${event.data.code} ${detail}` };
  }
}
