// What Peppol asks of sellers of some countries beyond EN 16931, as far as a document of ours can break it. The names of the rules are Peppol's.
import { refuse, type Refusal } from '@ar/domain/decider.js';
import type { EinvoiceRefusal } from './einvoice-rules.js';
import type { BillingDocument } from './document.js';
import { identifierHolds, norwegian } from './identifiers.js';

type No = Refusal<EinvoiceRefusal> | undefined;
type Because = (field: string, rule: string) => No;

/** Where a party is at home for these rules: some ask its address, some its VAT id. */
export const atHome = (party: BillingDocument['seller' | 'buyer'], country: string): boolean => party.address.countryCode === country;
export const bothIn = ({ seller, buyer }: BillingDocument, country: string): boolean => atHome(seller, country) && atHome(buyer, country);

export function nationalRules(document: BillingDocument, missing: Because, invalid: (field: string, value: string, rule: string) => No): No {
  const { seller, buyer } = document;
  const firstMissing = (fields: readonly (readonly [field: string, value: string, rule: string])[]): No => {
    const found = fields.find(([, value]) => value.trim() === '');
    return found && missing(found[0], found[2]);
  };
  const address = (who: 'seller' | 'buyer', street: string, city: string, postalCode: string) => {
    const { lines, city: town, postalCode: code } = document[who].address;
    return ([[`${who}.address.lines`, lines[0] ?? '', street], [`${who}.address.city`, town, city], [`${who}.address.postal_code`, code, postalCode]] as const).filter(([, , rule]) => rule !== '');
  };
  const registered = (who: 'seller' | 'buyer', schemes: readonly string[], rule: string): No => {
    const { scheme, id } = document[who].registration;
    return id === '' || schemes.includes(scheme) ? undefined : invalid(`${who}.registration`, `${scheme}:${id}`, rule);
  };
  const withVatOf = (country: string) => seller.taxId.startsWith(country);

  if (withVatOf('EL') || withVatOf('GR') || atHome(seller, 'GR')) return refuse('einvoice-country-unsupported', { field: 'country_code', rule: 'GR-R-001', countryCode: 'GR' }); // needs a MARK of the tax authority (GR-R-004)
  if (bothIn(document, 'DE')) {
    if (/^[ \t]*#/m.test(document.terms)) return invalid('terms', document.terms, 'DE-R-018');
    return firstMissing([
      ...address('seller', '', 'DE-R-003', 'DE-R-004'), ['seller.contact.name', seller.contact.name, 'DE-R-005'], ['seller.contact.phone', seller.contact.phone, 'DE-R-006'],
      ['seller.contact.email', seller.contact.email, 'DE-R-007'], ...address('buyer', '', 'DE-R-008', 'DE-R-009'), ['buyer_reference', document.buyerReference, 'DE-R-015'],
    ]) ?? (document.delivery?.countryCode && document.taxTotals.some((t) => t.taxCategory === 'K') ? invalid('delivery.country_code', document.delivery.countryCode, 'BR-IC-12, DE-R-010') : undefined);
  }
  if (atHome(seller, 'NL')) {
    if (document.kind === 'credit-note' && document.corrects.length === 0) return missing('corrects', 'NL-R-001');
    const domestic = bothIn(document, 'NL');
    return firstMissing([...address('seller', 'NL-R-002', 'NL-R-002', 'NL-R-002'), ...(domestic ? address('buyer', 'NL-R-004', 'NL-R-004', 'NL-R-004') : [])])
      ?? registered('seller', ['0106', '0190'], 'NL-R-003')
      ?? (domestic ? registered('buyer', ['0106', '0190'], 'NL-R-005') : undefined)
      ?? (domestic && document.kind !== 'credit-note' ? firstMissing([['seller.iban', seller.iban, 'NL-R-008']]) : undefined);
  }
  if (atHome(seller, 'DK')) {
    return firstMissing([['seller.registration', seller.registration.id, 'DK-R-002']]) ?? registered('seller', ['0184'], 'DK-R-014') ?? (atHome(buyer, 'DK') ? registered('buyer', ['0184'], 'DK-R-017') : undefined);
  }
  if (atHome(seller, 'IS')) {
    return firstMissing([['seller.registration', seller.registration.id, 'IS-R-002'], ...address('seller', 'IS-R-003', '', 'IS-R-003'),
      ...(atHome(buyer, 'IS') ? [['buyer.registration', buyer.registration.id, 'IS-R-004'] as const, ...address('buyer', 'IS-R-005', '', 'IS-R-005')] : [])])
      ?? registered('seller', ['0196'], 'IS-R-002') ?? (atHome(buyer, 'IS') ? registered('buyer', ['0196'], 'IS-R-004') : undefined);
  }
  if (atHome(seller, 'SE')) {
    const { registration, taxId } = seller;
    if (registration.id !== '' && !identifierHolds('0007', registration.id)) return invalid('seller.registration', registration.id, 'SE-R-003, SE-R-004, SE-R-013');
    if (!withVatOf('SE')) return undefined;
    if (!/^SE\d{12}$/.test(taxId)) return invalid('seller.tax_id', taxId, 'SE-R-001, SE-R-002');
    const rate = document.taxTotals.find((t) => t.taxCategory === 'S' && ![25, 12, 6].includes(Number(t.taxRate)));
    return rate && invalid('tax_rate', rate.taxRate, 'SE-R-006');
  }
  if (atHome(seller, 'NO') || withVatOf('NO')) {
    return withVatOf('NO') && !(/^NO\d{9}MVA$/.test(seller.taxId) && norwegian(seller.taxId.slice(2, 11))) ? invalid('seller.tax_id', seller.taxId, 'NO-R-001') : undefined;
  }
  if (atHome(seller, 'IT') || withVatOf('IT')) {
    if (seller.taxId !== '' && !/^[A-Z]{2}/.test(seller.taxId) && !/^[A-Z0-9]{11,16}$/.test(seller.taxId)) return invalid('seller.tax_id', seller.taxId, 'IT-R-001');
    return firstMissing(address('seller', 'IT-R-002', 'IT-R-003', 'IT-R-004'));
  }
  return undefined;
}
