// X12 820 for tests, as payers and banks write it.
export interface Order { readonly handling?: string; readonly amount: string; readonly side?: 'C' | 'D'; readonly method?: string; readonly account?: string; readonly on?: string; readonly trace?: string; readonly payer?: string; readonly currency?: string; readonly lines: readonly string[] }

/** One set, its own segments counted. */
export function setOf({ handling = 'C', amount, side = 'C', method = 'ACH', account = '0123456789', on = '20260302', trace = 'TRACE-1', payer = 'Ada Byron Inc', currency, lines }: Order, number = '0001'): readonly string[] {
  const body = [
    `ST*820*${number}`, `BPR*${handling}*${amount}*${side}*${method}*CTX*01*111000012*DA*998877*1234567890**01*222000034*DA*${account}*${on}`, `TRN*1*${trace}*1234567890`, ...(currency ? [`CUR*PR*${currency}`] : []), `DTM*097*${on}`, `N1*PR*${payer}`, 'N1*PE*Seller', 'ENT*1', ...lines,
  ];
  return [...body, `SE*${body.length + 1}*${number}`];
}
const isa = (element: string) => ['ISA', '00', ' '.repeat(10), '00', ' '.repeat(10), 'ZZ', 'PAYER'.padEnd(15), 'ZZ', 'SELLER'.padEnd(15), '260302', '0900', 'U', '00401', '000000007', '0', 'P', '>'].join(element);
/** An interchange with one group. */
export function x12(orders: readonly Order[], { element = '*', segment = '~', newline = '' } = {}): string {
  const sets = orders.flatMap((o, i) => setOf(o, String(i + 1).padStart(4, '0')));
  const all = ['GS*RA*PAYER*SELLER*20260302*0900*7*X*004010', ...sets, `GE*${orders.length}*7`, 'IEA*1*000000007'];
  return [isa(element), ...all.map((s) => s.replaceAll('*', element))].map((s) => `${s}${segment}${newline}`).join('');
}
