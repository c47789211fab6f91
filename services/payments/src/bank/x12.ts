// ANSI X12 820, payment order and remittance advice, read segment by segment.
//
// - ISA begins an interchange and says with which characters elements and segments end; GS begins a group, ST a transaction set; SE, GE and IEA close them with how many segments, sets and groups there are in between
//   and with the same control numbers. What does not agree with them is damaged. Other transaction sets than 820 are not read.
// - BPR says what is paid, how, when and into which account of ours. The money moved with it where the handling code is C, D or X, it is a credit and the method is not NON; else it is information alone: I, U, H, P …
// - TRN is the reference of the payment, N1*PR who pays. CUR is the currency, else USD.
// - RMR is a line: document, what is paid for it (RMR04), what it comes to (RMR05), the discount taken (RMR06), an adjustment with its reason (RMR07, RMR08). An ADX after it explains what is kept back of it; one before any RMR
//   of its entity (ENT) is a line of its own. A line below zero is a credit memo.
// - BPR02 is the sum of RMR04 and of the adjustments that stand alone; some payers leave all adjustments to be added. What is neither does not tie, and is held.
// - Amounts have a decimal point where they need one, and may have a sign.
import { type Day, isDay } from '@ar/domain/day.js';
import { derivedId } from '@ar/domain/id.js';
import type { DeductionReason } from '../domain/receipt.js';
import type { RemittanceLine } from '../domain/remittance-advice.js';
import { amountIn, BankFileInvalid, type BankParser, type BankSink, nothingOf, plain } from './bank-file.js';

const LONGEST_SEGMENT = 4_096;
const MOST_LINES = 1_000;
/** ISA has a fixed length: its last character ends segments. */
const ISA_LENGTH = 106;
const MOVED = new Set(['C', 'D', 'X']);

/** X12 data element 426, as far as it has a word here. */
const REASONS: Readonly<Record<string, DeductionReason>> = {
  '01': 'price', '02': 'price', '03': 'price', '04': 'quality', '05': 'quality', '06': 'quantity', '07': 'delivery', '08': 'delivery', '09': 'payment-terms', '11': 'quality', '12': 'quality', '13': 'credit-due', '14': 'credit-due', '15': 'credit-due', '16': 'credit-due',
  '19': 'duplicate', '24': 'payment-terms', '25': 'quality', '26': 'duplicate', '33': 'price', '41': 'delivery', '42': 'delivery', '43': 'payment-terms', '52': 'credit-due', '55': 'tax', '56': 'credit-due', '57': 'credit-due', '59': 'delivery', '71': 'credit-due', '72': 'credit-due',
};

interface Line { readonly reference: string; readonly paid: number; readonly gross: number | null; readonly discount: number; readonly adjustments: { readonly minor: number; readonly code: string }[]; readonly alone: boolean }
interface Order { readonly control: string; readonly bpr: readonly string[]; currency: string; reference: string; name: string; texts: string[]; readonly raw: { readonly segment: readonly string[]; readonly ofLine: boolean }[] }

/** `account`: of files that name none. */
export function x12Parser(sink: BankSink, account?: { readonly account: string }): BankParser {
  let rest = '';
  let ends: { readonly element: string; readonly segment: string } | undefined;
  const within = { interchange: '', group: '', groups: 0, sets: 0, segments: 0 };
  let groupedOn = '';
  let set: string | undefined;
  let order: Order | undefined;
  let inLine = false;
  let seen = 0;

  const closes = (what: string, count: string | undefined, counted: number, control: string | undefined, opened: string): void => {
    if (Number(count) !== counted) throw new BankFileInvalid(`${what} has ${counted} of ${plain(count ?? '', 10)} parts`);
    if (control !== opened) throw new BankFileInvalid(`${what} ends with another number than it began with`);
  };
  const told = (segment: readonly string[]): void => {
    if (!order) throw new BankFileInvalid('something stands before its BPR');
    order.raw.push({ segment, ofLine: inLine });
  };
  const handle = (segment: readonly string[]): void => {
    const [id = '', ...e] = segment;
    within.segments++;
    if (id !== 'ISA' && within.interchange === '') throw new BankFileInvalid('something stands outside an interchange');
    switch (id) {
      case 'ISA': if (within.interchange !== '') throw new BankFileInvalid('an interchange begins inside another'); Object.assign(within, { interchange: controlOf(e[12]), groups: 0 }); seen++; return;
      case 'GS': if (within.group !== '') throw new BankFileInvalid('a group begins inside another'); Object.assign(within, { group: controlOf(e[5]), sets: 0 }); within.groups++; groupedOn = e[3] ?? ''; return;
      case 'ST': {
        if (within.group === '' || set !== undefined) throw new BankFileInvalid('a transaction set stands where none may');
        if (e[0] !== '820') throw new BankFileInvalid(`it holds ${plain(e[0] ?? '', 3)}: only 820 is read`);
        [set, order, inLine] = [e[1] ?? '', undefined, false];
        Object.assign(within, { sets: within.sets + 1, segments: 1 });
        return;
      }
      case 'SE': {
        closes('a transaction set', e[0], within.segments, e[1], set ?? '');
        if (!order) throw new BankFileInvalid('a transaction set has no BPR');
        tell(sink, order, groupedOn, account?.account ?? '');
        set = undefined;
        return;
      }
      case 'GE': if (set !== undefined) throw new BankFileInvalid('a group ends inside a transaction set'); closes('a group', e[0], within.sets, e[1], within.group); within.group = ''; return;
      case 'IEA': if (within.group !== '') throw new BankFileInvalid('an interchange ends inside a group'); closes('an interchange', e[0], within.groups, e[1], within.interchange); within.interchange = ''; return;
      default:
        if (set === undefined) throw new BankFileInvalid('something stands outside a transaction set');
        switch (id) {
          case 'BPR':
            if (order) throw new BankFileInvalid('a transaction set has two BPR');
            order = { control: [within.interchange, within.group, set].map((n) => n.trim()).join('/'), bpr: e, currency: 'USD', reference: '', name: '', texts: [], raw: [] };
            return;
          case 'CUR': if (order) order.currency = (e[1] ?? '').trim().toUpperCase(); return;
          case 'TRN': if (order) order.reference ||= plain(e[1] ?? '', 64); return;
          case 'N1': if (order && e[0] === 'PR') order.name = plain(e[1] ?? '', 140); return;
          case 'NTE': if (order && !inLine) order.texts.push(plain(e[1] ?? '', 200)); return;
          case 'ENT': inLine = false; return;
          case 'RMR': inLine = true; told(segment); return;
          case 'ADX': told(segment); return;
          default: return; // addresses, contacts, dates and references of documents say nothing of the money
        }
    }
  };
  const beginning = (): boolean => {
    rest = rest.replace(/^\s+/, '');
    if (rest.length < ISA_LENGTH) return false;
    const [element, segment] = [rest[3]!, rest[ISA_LENGTH - 1]!];
    if (!rest.startsWith('ISA') || /[A-Za-z0-9\s]/.test(element) || /[A-Za-z0-9 ]/.test(segment) || element === segment || rest.slice(0, ISA_LENGTH - 1).split(element).length !== 17) throw new BankFileInvalid('it begins with no interchange header');
    ends = { element, segment };
    return true;
  };
  return {
    write(text) {
      rest += text;
      for (;;) {
        if (within.interchange === '' && rest.trimStart().length > 0 && (ends === undefined || rest.trimStart().startsWith('ISA')) && !beginning()) return;
        if (!ends) return;
        const at = rest.indexOf(ends.segment);
        if (at > LONGEST_SEGMENT || (at < 0 && rest.length > LONGEST_SEGMENT)) throw new BankFileInvalid(`a segment has more than ${LONGEST_SEGMENT} characters`);
        if (at < 0) return;
        const segment = rest.slice(0, at).trim();
        rest = rest.slice(at + 1);
        if (segment !== '') handle(segment.split(ends.element));
      }
    },
    end() {
      if (rest.trim() !== '' || within.interchange !== '' || seen === 0) throw new BankFileInvalid('it ends before its last segment');
    },
  };
}

/** One payment: an entry that booked, or that tells something, with what the payer says of it. */
function tell(sink: BankSink, { control, bpr, currency, reference, name, texts, raw }: Order, groupedOn: string, ofSender: string): void {
  const [handling = '', amount = '', direction = '', method = ''] = bpr;
  const [paidFrom, paidTo, paidOn] = [bpr[8] ?? '', (bpr[14] ?? '').replace(/\s/g, '').toUpperCase(), dayOf(bpr[15] || groupedOn)];
  const minor = amountIn(amount, currency);
  const lines = linesOf(raw, currency);
  const free = lines.filter((l) => l.alone).reduce((sum, l) => sum + l.paid, 0);
  const paid = lines.filter((l) => !l.alone).reduce((sum, l) => sum + l.paid, 0);
  const adjusted = lines.reduce((sum, l) => sum + l.adjustments.reduce((total, a) => total + a.minor, 0), 0);
  const ties = lines.length === 0 || minor === paid + free;
  const addingUp = !ties && minor === paid + free + adjusted;
  const credit = direction !== 'D';
  const moved = credit && MOVED.has(handling) && method !== 'NON';
  const said = lines.map((l) => remittanceLine(l, addingUp));
  const digest = derivedId('x', JSON.stringify(said));
  sink.entry({
    ...nothingOf, minor, credit, currency, status: moved || !credit ? 'booked' : 'information', reversal: false, bookedOn: paidOn, valueOn: paidOn, reference, code: `X12/${method}`, name, account: plain(paidFrom, 34), text: plain(texts.join(' '), 500), transactions: [],
    ...(said.length > 0 && credit ? { advice: { digest, lines: said } } : {}),
  });
  sink.part({ message: 'x12.820', account: paidTo || ofSender, currency, bankId: plain(control, 64), number: 0, page: 0, lastPage: true, opening: null, closing: null, ...(ties || addingUp ? {} : { ties: false }) });
}

function linesOf(raw: Order['raw'], currency: string): readonly Line[] {
  const lines: Line[] = [];
  for (const { segment: [id, ...e], ofLine } of raw) {
    if (id === 'RMR') {
      if (lines.length >= MOST_LINES) throw new BankFileInvalid(`a payment has more than ${MOST_LINES} lines`);
      const gross = e[4] ? signed(e[4], currency) : null;
      const [discount, adjustment] = [e[5] ? Math.abs(signed(e[5], currency)) : 0, e[7] ? signed(e[7], currency) : 0];
      lines.push({ reference: plain(e[1] ?? '', 64), paid: e[3] ? signed(e[3], currency) : (gross ?? 0) - discount + adjustment, gross, discount, adjustments: adjustment === 0 ? [] : [{ minor: adjustment, code: e[6] ?? '' }], alone: false });
      continue;
    }
    const adjustment = { minor: signed(e[0] ?? '', currency), code: e[1] ?? '' };
    const last = lines.at(-1);
    if (ofLine && last && !last.alone) last.adjustments.push(adjustment);
    else lines.push({ reference: plain(e[3] || `ADX-${adjustment.code}`, 64), paid: adjustment.minor, gross: null, discount: 0, adjustments: [], alone: true });
  }
  for (const { reference } of lines) if (reference === '') throw new BankFileInvalid('a line names no document');
  return lines;
}

/** What is paid, and what less than it comes to: first the discount, the rest is kept back. Where nothing is said of what it comes to, what is paid is all of it. */
function remittanceLine({ reference, paid, gross, discount: taken, adjustments }: Line, addingUp: boolean): RemittanceLine {
  const adjusted = adjustments.reduce((sum, a) => sum + a.minor, 0);
  const netMinor = addingUp ? paid + adjusted : paid;
  const nothing = { reference, grossMinor: netMinor, discountMinor: 0, deductionMinor: 0, reasonCode: null, text: '', netMinor };
  if (netMinor < 0) return nothing;
  const discountMinor = gross === null || gross - netMinor >= taken ? taken : Math.max(0, gross - netMinor);
  const deductionMinor = Math.max(0, gross === null ? -Math.min(0, adjusted) : gross - discountMinor - netMinor);
  const codes = adjustments.map((a) => a.code).filter((c) => c !== '');
  return { ...nothing, grossMinor: netMinor + discountMinor + deductionMinor, discountMinor, deductionMinor, reasonCode: deductionMinor === 0 ? null : REASONS[codes[0] ?? ''] ?? 'other', text: deductionMinor > 0 && codes.length > 0 ? `X12 426: ${plain(codes.join(', '), 100)}` : '' };
}

function controlOf(text = ''): string {
  if (text.trim() === '') throw new BankFileInvalid('an interchange or a group has no number');
  return text;
}

const signed = (text: string, currency: string): number => { const minor = amountIn(text.replace(/^[+-]/, ''), currency); return text.startsWith('-') ? 0 - minor : minor; };

function dayOf(text: string): Day {
  const digits = text.length === 6 ? `20${text}` : text;
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  if (digits.length !== 8 || !isDay(day)) throw new BankFileInvalid(`${plain(text, 30)} is not a date`);
  return day;
}
