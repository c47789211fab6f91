// Contract prices and fulfilments, as they stand.
import { ContractPrice, Fulfilment } from '@ar/contracts/gen/ar/invoicing/v1/guard.js';
import type { Projection, Resource } from '@ar/runtime/forms.js';

const priced = ['ar.invoicing.contract_price_set.v1', 'ar.invoicing.contract_price_ended.v1'] as const;
const delivered = ['ar.invoicing.fulfilment_recorded.v1', 'ar.invoicing.fulfilment_corrected.v1'] as const;

export const contractPriceResource: Resource<ContractPrice> = {
  aggregate: 'contract-price',
  on: priced,
  evolve(price, event) {
    if (event.type === 'ar.invoicing.contract_price_set.v1') return event.data.contractPrice!;
    if (event.type === 'ar.invoicing.contract_price_ended.v1') return { ...price!, validUntil: event.data.validUntil };
    return price!;
  },
};

export const fulfilmentResource: Resource<Fulfilment> = {
  aggregate: 'fulfilment',
  on: delivered,
  evolve(fulfilment, event) {
    if (event.type === 'ar.invoicing.fulfilment_recorded.v1') return event.data.fulfilment!;
    if (event.type === 'ar.invoicing.fulfilment_corrected.v1') return { ...fulfilment!, quantity: event.data.quantity, correctedBecause: event.data.reason };
    return fulfilment!;
  },
};

/** A price without an end holds until the last day there is. */
export const contractPrices: Projection<(typeof priced)[number]> = {
  name: 'contract-prices',
  ddl: `create table contract_price (tenant text, contract_price_id text, customer_id text not null, article_id text not null, currency_code text not null, valid_from date not null, valid_until date not null, resource jsonb not null, primary key (tenant, contract_price_id));
  create index on contract_price (tenant, customer_id, article_id);
  create index on contract_price (tenant, article_id, contract_price_id)`,
  on: priced,
  async project(events, tx) {
    for (const event of events) {
      const { tenant, data } = event;
      if (event.type === 'ar.invoicing.contract_price_set.v1') {
        const price = event.data.contractPrice!;
        await tx.query('insert into contract_price values ($1, $2, $3, $4, $5, $6, $7, $8)', [tenant, price.contractPriceId, price.customerId, price.articleId, price.currencyCode, price.validFrom, price.validUntil || '9999-12-31', JSON.stringify(ContractPrice.toJSON(price))]);
      } else {
        const { contractPriceId, validUntil } = data as typeof event.data;
        await tx.query(`update contract_price set valid_until = $3::date, resource = resource || jsonb_build_object('valid_until', $3::text) where tenant = $1 and contract_price_id = $2`, [tenant, contractPriceId, validUntil]);
      }
    }
  },
};

export const fulfilments: Projection<(typeof delivered)[number]> = {
  name: 'fulfilments',
  ddl: `create table fulfilment (tenant text, fulfilment_id text, customer_id text not null, order_number text not null, article_id text not null, unit_code text not null, quantity numeric not null, delivered_on date not null, resource jsonb not null, primary key (tenant, fulfilment_id));
  create index on fulfilment (tenant, customer_id, order_number);
  create index on fulfilment (tenant, delivered_on, fulfilment_id)`,
  on: delivered,
  async project(events, tx) {
    for (const event of events) {
      const { tenant } = event;
      if (event.type === 'ar.invoicing.fulfilment_recorded.v1') {
        const d = event.data.fulfilment!;
        await tx.query('insert into fulfilment values ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [tenant, d.fulfilmentId, d.customerId, d.orderNumber, d.articleId, d.unitCode, d.quantity, d.deliveredOn, JSON.stringify(Fulfilment.toJSON(d))]);
      } else {
        const { fulfilmentId, quantity, reason } = event.data;
        await tx.query(`update fulfilment set quantity = $3::text::numeric, resource = resource || jsonb_build_object('quantity', $3::text, 'corrected_because', $4::text) where tenant = $1 and fulfilment_id = $2`, [tenant, fulfilmentId, quantity, reason]);
      }
    }
  },
};
