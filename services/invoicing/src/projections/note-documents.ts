// What a note's document is made of: the note, its invoice, and what seller and buyer said of themselves when it was issued.
import { CustomerPersonal, CustomerProfile } from '@ar/contracts/gen/ar/credit/v1/customer.js';
import { CreditNote } from '@ar/contracts/gen/ar/invoicing/v1/credit_note_service.js';
import { DebitNote } from '@ar/contracts/gen/ar/invoicing/v1/debit_note_service.js';
import { Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { TenantDetails } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import type { Tx } from '@ar/runtime/forms.js';
import type { Parties } from '../documents/of-invoice.js';

interface Sources<N> { readonly note: N; readonly invoice: Invoice | undefined; readonly parties: Parties }
interface Row { readonly note: unknown; readonly invoice: unknown; readonly details: unknown; readonly personal: unknown; readonly profile: unknown }

/** A note that says no version is printed by its invoice's, else by the first: the same for ever in either case. */
async function sourcesOf<N>(tx: Tx, table: 'credit_note' | 'debit_note', tenant: string, id: string, read: (json: unknown) => N): Promise<Sources<N> | undefined> {
  const [row] = await tx.query<Row>(
    `select n.resource note, i.resource invoice, s.details, b.personal, b.profile from ${table} n left join invoice i on i.tenant = n.tenant and i.invoice_id = n.invoice_id and n.invoice_id <> ''
       join seller s on s.tenant = n.tenant and s.version = coalesce((n.resource->>'seller_version')::int, (i.resource->>'seller_version')::int, (select min(version) from seller where tenant = n.tenant))
       join buyer b on b.tenant = n.tenant and b.customer = n.customer_id
         and b.version = coalesce((n.resource->>'customer_version')::int, (i.resource->>'customer_version')::int, (select min(version) from buyer where tenant = n.tenant and customer = n.customer_id))
      where n.tenant = $1 and n.${table}_id = $2`, [tenant, id]);
  return row && {
    note: read(row.note), invoice: row.invoice ? Invoice.fromJSON(row.invoice) : undefined,
    parties: { seller: TenantDetails.fromJSON(row.details), buyer: { personal: CustomerPersonal.fromJSON(row.personal), profile: CustomerProfile.fromJSON(row.profile) } },
  };
}

export const creditNoteSources = (tx: Tx, tenant: string, id: string) => sourcesOf(tx, 'credit_note', tenant, id, (json) => CreditNote.fromJSON(json));
export const debitNoteSources = (tx: Tx, tenant: string, id: string) => sourcesOf(tx, 'debit_note', tenant, id, (json) => DebitNote.fromJSON(json));
