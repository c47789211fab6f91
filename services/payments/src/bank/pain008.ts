// A file of direct debits for the bank: ISO 20022 pain.008.001.08, SEPA core and B2B, with the same bytes whenever it is asked for.
//
// - Debits are grouped by scheme, turn and collection day, in this order; a group and the file each say how many they hold and what they come to.
// - Each debit is booked by itself (BtchBookg false), so that the bank's statement names each by its end-to-end id.
// - Names hold what SEPA takes (EPC217-08): letters without their marks, other characters are a full stop.
// - A debtor's account that has changed is told with the former one, and so is our creditor identifier (AmdmntInf).
// - What the debtor reads names the documents that are paid, whole numbers of them as far as 140 characters hold; the end-to-end id is ours.
// - Nobody has to know a bank by more than an IBAN: where there is no BIC, the bank is NOTPROVIDED, as the guidelines of the EPC say.
import { XMLBuilder } from 'fast-xml-parser';
import type { Day } from '@ar/domain/day.js';
import { formatMoney } from '@ar/domain/money.js';

export interface CreditorOfFile { readonly name: string; readonly iban: string; readonly creditorId: string }
export interface DebitOfFile {
  readonly endToEndId: string; readonly minor: number; readonly scheme: 'CORE' | 'B2B'; readonly turn: 'FRST' | 'RCUR' | 'OOFF' | 'FNAL'; readonly collectOn: Day; readonly reference: string; readonly signedOn: Day;
  readonly name: string; readonly iban: string; readonly bic: string; readonly formerIban: string; readonly formerCreditorId: string; readonly text: string;
}
/** `createdOn`: the business date on which it was cut; files have no other time. */
export interface FileOfDebits { readonly fileId: string; readonly createdOn: Day; readonly creditor: CreditorOfFile; readonly debits: readonly DebitOfFile[] }

type Element = Readonly<Record<string, unknown>>;
const text = (name: string, content: string): readonly Element[] => (content === '' ? [] : [{ [name]: [{ '#text': content }] }]);
const group = (name: string, ...parts: readonly (readonly Element[])[]): readonly Element[] => [{ [name]: parts.flat() }];
const euros = (minor: number): string => formatMoney({ minor, currency: 'EUR' });
const total = (debits: readonly DebitOfFile[]): string => euros(debits.reduce((sum, d) => sum + d.minor, 0));

/** In the characters of SEPA, at most so many. */
export const inSepa = (words: string, most: number): string => words.normalize('NFD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss').replace(/[^A-Za-z0-9 /?:().,'+-]/g, '.').slice(0, most).trim();

const builder = new XMLBuilder({ preserveOrder: true, ignoreAttributes: false, format: true, suppressEmptyNode: true });
const account = (name: string, iban: string): readonly Element[] => group(name, group('Id', text('IBAN', iban)));
const agent = (name: string, bic: string): readonly Element[] => group(name, group('FinInstnId', bic === '' ? group('Othr', text('Id', 'NOTPROVIDED')) : text('BICFI', bic)));

const creditorScheme = (id: string): readonly Element[] => group('Id', group('PrvtId', group('Othr', text('Id', id), group('SchmeNm', text('Prtry', 'SEPA')))));

/** The numbers of documents as a debtor reads them: whole ones, and how many more there are. */
export function remittanceText(numbers: readonly string[], most = 140): string {
  for (let named = numbers.length; named > 0; named--) {
    const words = `${numbers.slice(0, named).join(', ')}${named < numbers.length ? ` and ${numbers.length - named} more` : ''}`;
    if (words.length <= most) return words;
  }
  return (numbers[0] ?? '').slice(0, most);
}

export function pain008(file: FileOfDebits): Uint8Array {
  const { fileId, createdOn, creditor, debits } = file;
  const groups = new Map<string, DebitOfFile[]>();
  for (const d of debits) groups.set(`${d.scheme} ${d.turn} ${d.collectOn}`, [...(groups.get(`${d.scheme} ${d.turn} ${d.collectOn}`) ?? []), d]);
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, of]) => of);
  const name = inSepa(creditor.name, 70);
  const initiation = group('CstmrDrctDbtInitn',
    group('GrpHdr', text('MsgId', fileId), text('CreDtTm', `${createdOn}T00:00:00`), text('NbOfTxs', String(debits.length)), text('CtrlSum', total(debits)), group('InitgPty', text('Nm', name))),
    ...sorted.map((of, n) => payment(`${fileId}-${n + 1}`, of, creditor, name)));
  const document: Element = { Document: initiation, ':@': { '@_xmlns': 'urn:iso:std:iso:20022:tech:xsd:pain.008.001.08' } };
  const declaration = { '?xml': [{ '#text': '' }], ':@': { '@_version': '1.0', '@_encoding': 'UTF-8' } };
  return new TextEncoder().encode(`${builder.build([declaration, document])}\n`);
}

/** What has scheme, turn and day in common. */
function payment(id: string, debits: readonly DebitOfFile[], creditor: CreditorOfFile, name: string): readonly Element[] {
  const { scheme, turn, collectOn } = debits[0]!;
  return group('PmtInf',
    text('PmtInfId', id), text('PmtMtd', 'DD'), text('BtchBookg', 'false'), text('NbOfTxs', String(debits.length)), text('CtrlSum', total(debits)),
    group('PmtTpInf', group('SvcLvl', text('Cd', 'SEPA')), group('LclInstrm', text('Cd', scheme)), text('SeqTp', turn)),
    text('ReqdColltnDt', collectOn), group('Cdtr', text('Nm', name)), account('CdtrAcct', creditor.iban), agent('CdtrAgt', ''), text('ChrgBr', 'SLEV'),
    group('CdtrSchmeId', creditorScheme(creditor.creditorId)),
    ...debits.map(transaction));
}

function transaction({ endToEndId, minor, reference, signedOn, name, iban, bic, formerIban, formerCreditorId, text: words }: DebitOfFile): readonly Element[] {
  const amended = formerIban === '' && formerCreditorId === '' ? [] : [
    ...text('AmdmntInd', 'true'), ...group('AmdmntInfDtls', formerCreditorId === '' ? [] : group('OrgnlCdtrSchmeId', creditorScheme(formerCreditorId)), formerIban === '' ? [] : account('OrgnlDbtrAcct', formerIban))];
  const amount: readonly Element[] = [{ InstdAmt: [{ '#text': euros(minor) }], ':@': { '@_Ccy': 'EUR' } }];
  return group('DrctDbtTxInf',
    group('PmtId', text('EndToEndId', endToEndId)), amount, group('DrctDbtTx', group('MndtRltdInf', text('MndtId', reference), text('DtOfSgntr', signedOn), amended)),
    agent('DbtrAgt', bic), group('Dbtr', text('Nm', inSepa(name, 70))), account('DbtrAcct', iban), group('RmtInf', text('Ustrd', inSepa(words, 140))));
}
