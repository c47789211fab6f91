// Documents of every kind for the suites: real parties, sums made from the lines as an invoice makes them.
import { isMoney, money, multiply, product, sumOf, type Money } from '@ar/domain/money.js';
import { taxKey, type Adjustment, type BillingDocument, type DocumentLine, type DocumentTaxTotal, type Seller, type Taxed, type TaxedAdjustment } from './document.js';

const sum = (parts: readonly Money[], currency: string): Money => {
  const all = sumOf(parts, currency);
  if (!isMoney(all)) throw new RangeError(all.value);
  return all;
};

export const seller: Seller = {
  name: 'Müller & Söhne Maschinenbau GmbH', address: { lines: ['Industriestraße 12', 'Halle 3'], postalCode: '70565', city: 'Stuttgart', region: '', countryCode: 'DE' },
  taxId: 'DE123456789', registration: { scheme: '', id: 'HRB 12345' }, electronicAddress: { scheme: '9930', id: 'DE123456789' }, iban: 'DE02120300000000202051', bic: 'BYLADEM1001',
  contact: { name: 'Buchhaltung', phone: '+49 711 1234567', email: 'ar@mueller.example' }, headerText: '', footerText: 'Geschäftsführer: Jörg Müller · Amtsgericht Stuttgart HRB 12345',
};
export const dutchSeller: Seller = {
  ...seller, name: 'Van den Berg Techniek B.V.', address: { lines: ['Keizersgracht 1'], postalCode: '1015 CJ', city: 'Amsterdam', region: '', countryCode: 'NL' },
  taxId: 'NL123456782B90', registration: { scheme: '0106', id: '12345678' }, electronicAddress: { scheme: '0106', id: '12345678' }, iban: 'NL91ABNA0417164300', bic: 'ABNANL2A', footerText: '',
};
export const belgianSeller: Seller = {
  ...seller, name: 'Brasserie Dupré SA', address: { lines: ['Rue Neuve 5'], postalCode: '1000', city: 'Bruxelles', region: '', countryCode: 'BE' },
  taxId: 'BE0202239951', registration: { scheme: '0208', id: '0202239951' }, electronicAddress: { scheme: '0208', id: '0202239951' }, iban: 'BE71096123456769', bic: 'GKCCBEBB', footerText: '',
};
const party = (name: string, lines: readonly string[], postalCode: string, city: string, countryCode: string, taxId: string, scheme: string, id: string): BillingDocument['buyer'] => (
  { name, address: { lines, postalCode, city, region: '', countryCode }, taxId, registration: { scheme: '', id: '' }, electronicAddress: { scheme, id } });
export const buyers = {
  polish: party('Zakłady Łódzkie Żółć S.A.', ['ul. Piotrkowska 104'], '90-926', 'Łódź', 'PL', 'PL7251801126', '9945', 'PL7251801126'),
  german: party('Groß & Klein KG', ['Hauptstraße 1'], '10115', 'Berlin', 'DE', 'DE987654321', '0204', '991-1234512345-06'),
  dutch: { ...party('Jansen Bouw B.V.', ['Dorpsstraat 9'], '3511 AB', 'Utrecht', 'NL', 'NL004495445B01', '0190', '00000001003214345000'), registration: { scheme: '0106', id: '87654321' } },
  belgian: party('Boulangerie Lefèvre', ['Chaussée de Wavre 20'], '1050', 'Ixelles', 'BE', 'BE0202239951', '0208', '0202239951'),
  american: party('O’Hara <Tools> & Co., "Inc."', ['1 Main Street', 'Suite 400', 'Building C'], '10001', 'New York', 'US', '', '0060', '123456789'),
};

export interface Wish extends Partial<Omit<BillingDocument, 'lines' | 'taxTotals' | 'totals' | 'allowances' | 'charges'>> {
  readonly lines: readonly Partial<DocumentLine>[];
  readonly allowances?: readonly TaxedAdjustment[];
  readonly charges?: readonly TaxedAdjustment[];
  readonly exemptions?: Readonly<Partial<Record<string, Pick<DocumentTaxTotal, 'exemptionReason' | 'exemptionCode'>>>>;
  readonly prepaid?: Money;
  readonly rounding?: Money;
}

/** The document with its sums: net by line, tax by category and rate, half up. Due in one sum after a month unless said otherwise. */
export function made({ lines: wanted, allowances = [], charges = [], exemptions = {}, prepaid, rounding, ...wish }: Wish): BillingDocument {
  const currency = wish.currencyCode ?? 'EUR';
  const zero = money(0, currency);
  const lines = wanted.map((line, i) => withNet({
    id: String(i + 1), name: 'Goods', description: '', sellersArticle: '', quantity: '1', unitCode: 'C62', netPrice: '100.00', grossPrice: '', allowances: [], charges: [], net: zero, taxCategory: 'S', taxRate: '19', ...line,
  }, currency));
  const amounts = (list: readonly Adjustment[]) => sum(list.map((a) => a.amount), currency);
  const groups = new Map<string, { readonly of: Taxed; readonly parts: Money[] }>();
  const add = (of: Taxed, part: Money) => { groups.set(taxKey(of), { of, parts: [...(groups.get(taxKey(of))?.parts ?? []), part] }); };
  for (const line of lines) add(line, line.net);
  for (const allowance of allowances) add(allowance, money(-allowance.amount.minor, currency));
  for (const charge of charges) add(charge, charge.amount);
  const taxTotals = [...groups.values()].map(({ of: { taxCategory, taxRate }, parts }) => {
    const net = sum(parts, currency);
    return { taxCategory, taxRate, net, tax: multiply(net, hundredth(taxRate), 'half-up'), exemptionReason: '', exemptionCode: '', ...exemptions[taxCategory] };
  });
  const ofLines = sum(lines.map((l) => l.net), currency);
  const net = sum([ofLines, amounts(charges), money(-amounts(allowances).minor, currency)], currency);
  const tax = sum(taxTotals.map((t) => t.tax), currency);
  const total = sum([net, tax], currency);
  const payable = sum([total, rounding ?? zero, money(-(prepaid?.minor ?? 0), currency)], currency);
  const kind = wish.kind ?? 'invoice';
  return {
    kind, number: 'INV-2026-00017', issueDate: '2026-03-05', currencyCode: currency, language: 'en', seller, buyer: buyers.polish, buyerReference: 'KST-4711', orderNumber: '', contractReference: '', corrects: [],
    instalments: kind === 'credit-note' ? [] : [{ dueDate: '2026-04-04', amount: payable }], discountTiers: [], terms: '', paymentReference: kind === 'credit-note' ? '' : 'RF18539007547034', notes: [], attachments: [],
    ...wish, lines, allowances, charges, taxTotals, totals: { lines: ofLines, allowances: amounts(allowances), charges: amounts(charges), net, tax, total, prepaid: prepaid ?? zero, rounding: rounding ?? zero, payable },
  };
}

const hundredth = (rate: string) => { const [whole = '', fraction = ''] = rate.split('.'); return `${whole.padStart(3, '0').slice(0, -2)}.${whole.padStart(3, '0').slice(-2)}${fraction}`; };

function withNet(line: DocumentLine, currency: string): DocumentLine {
  const gross = product([line.quantity, line.netPrice], currency, 'half-up');
  if (!isMoney(gross)) throw new RangeError(gross.value);
  return { ...line, net: sum([gross, ...line.charges.map((c) => c.amount), ...line.allowances.map((a) => money(-a.amount.minor, currency))], currency) };
}

export const euros = (minor: number): Money => money(minor, 'EUR');
/** Shares of a sum that make it whole: so many equal ones, the rest in the last. */
function instalmentsOf(total: Money, days: readonly string[]): BillingDocument['instalments'] {
  const part = Math.floor(total.minor / days.length);
  return days.map((dueDate, i) => ({ dueDate, amount: money(i < days.length - 1 ? part : total.minor - part * (days.length - 1), total.currency) }));
}
export const inShares = (document: BillingDocument, days: readonly string[]): BillingDocument => ({ ...document, instalments: instalmentsOf(document.totals.payable, days) });
