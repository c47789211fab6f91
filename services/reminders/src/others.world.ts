// The other services as reminders reads them: what they would have published.
import { randomUUID } from 'node:crypto';
import type { Day } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import type { EventLog, NewRecord } from '@ar/event-log/event-log.js';
import { encode } from '@ar/runtime/cloud-event.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';

export const TENANT = 't1';
export const eur = (minor: number) => ({ minor, currency: 'EUR' });

/** What the other services would have published, with their sequences and links. */
export class Others {
  today: Day = '2026-03-02';
  readonly published: NewRecord[] = [];
  readonly #sequences = new Map<string, number>();
  readonly #links = new Map<string, number>();
  #version = 0;
  constructor(private readonly log: EventLog) {}

  async say(source: string, type: string, customer: string, data: Record<string, unknown>): Promise<void> {
    const sequence = (this.#sequences.get(source) ?? 0) + 1;
    this.#sequences.set(source, sequence);
    const key = `${TENANT}/${customer}`;
    const stored = {
      sequence, streamId: `${TENANT}/x/${customer}`, version: ++this.#version, partitionKey: key, eventId: randomUUID(), type, schemaV: 1, data, businessDate: this.today, recordedAt: new Date().toISOString(),
      meta: { correlation: 'c', causation: '', actor: 'test' },
    };
    const partitions = customer === '' ? Array.from({ length: this.log.partitions }, (_, p) => p) : [this.log.partitionOf(key)];
    const records = partitions.map((partition): NewRecord => {
      const link = `${source} ${partition}`;
      const record = { partition, key, ...encode(source, { [type]: ({ type: _, ...rest }: { type: string }) => rest } as never, stored, this.#links.get(link) ?? 0, 'binary') };
      this.#links.set(link, sequence);
      return record;
    });
    this.published.push(...records);
    await this.log.publish(records);
  }

  register = (over: object = {}) => this.say('invoicing', 'TenantRegistered', '', {
    tenantId: TENANT, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', firstBusinessDay: this.today, policies: wirePolicies(defaultPolicies),
    details: { legalName: 'Seller GmbH', iban: 'DE89370400440532013000', sender: 'ar@seller.test', taxId: '', series: [], ...over },
  });
  open = (date: Day) => { this.today = date; return this.say('invoicing', 'BusinessDayOpened', '', { tenantId: TENANT, date }); };
  customer = (customerId: string, reminderEmail: string, type = 'CustomerRegistered') => this.say('credit', type, customerId, { customerId, profile: {}, pii: { keyId: '', data: { name: `Buyer ${customerId}`, invoiceEmail: '', reminderEmail, taxId: '' } } });
  item = (customer: string, id: string, dueDate: Day, minor: number) => ({ itemId: id, kind: 'OPEN_ITEM_KIND_INVOICE', documentId: `inv_${id}`, documentNumber: `R-${id}`, instalment: 1, issueDate: '2026-02-01', dueDate, original: eur(minor), customer });
  owe = (customer: string, id: string, dueDate: Day, minor = 10_000) => this.say('payments', 'OpenItemPosted', customer, { customerId: customer, item: this.item(customer, id, dueDate, minor) });
  receive = (customer: string, minor: number) => this.say('payments', 'UnappliedCashPlaced', customer, { customerId: customer, receiptId: 'rcp', amount: eur(minor), cause: 'CASH_CAUSE_RECEIVED' });
  settle = (customer: string, id: string, dueDate: Day, minor: number, open = 0) => this.say('payments', 'OpenItemsSettled', customer, { customerId: customer, receiptId: 'rcp', amount: eur(minor), items: [{ item: this.item(customer, id, dueDate, minor + open), amount: eur(minor), open: eur(open) }] });
}
