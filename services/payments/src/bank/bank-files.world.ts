// Bank files for tests, as banks write them.
import type { BankEntry, BankPart } from './bank-file.js';
import { bankReader, type Found } from './reading.js';

export interface Booked {
  readonly amount: string;
  readonly side?: 'CRDT' | 'DBIT';
  readonly ref?: string;
  readonly text?: string;
  readonly day?: string;
  readonly status?: string;
  readonly reversal?: boolean;
  /** More of the entry, before its details. */
  readonly more?: string;
  /** In place of the one transaction with the text. */
  readonly details?: string;
}
export interface Stated { readonly account?: string; readonly currency?: string; readonly id?: string; readonly number?: number; readonly opening?: string | null; readonly closing?: string | null; readonly day?: string; readonly pages?: string; readonly entries: readonly Booked[] }

const balance = (code: string, amount: string, currency: string, day: string) =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount.replace('-', '')}</Amt><CdtDbtInd>${amount.startsWith('-') ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;

export const entryXml = ({ amount, side = 'CRDT', ref, text = '', day = '2026-03-02', status = 'BOOK', reversal, more = '', details }: Booked, currency = 'EUR', version = '02'): string =>
  `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${side}</CdtDbtInd>${reversal ? '<RvslInd>true</RvslInd>' : ''}<Sts>${version === '02' ? status : `<Cd>${status}</Cd>`}</Sts><BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt>`
  + `${ref ? `<AcctSvcrRef>${ref}</AcctSvcrRef>` : ''}${more}<NtryDtls>${details ?? `<TxDtls>${text ? `<RmtInf><Ustrd>${text}</Ustrd></RmtInf>` : ''}</TxDtls>`}</NtryDtls></Ntry>`;

export const statementXml = ({ account = 'DE89370400440532013000', currency = 'EUR', id = 'S1', number = 0, opening = '0.00', closing = '0.00', day = '2026-03-02', pages = '', entries }: Stated, version = '02', element = 'Stmt'): string =>
  `<${element}><Id>${id}</Id>${pages}${number ? `<ElctrncSeqNb>${number}</ElctrncSeqNb>` : ''}<CreDtTm>${day}T18:00:00</CreDtTm><Acct><Id><IBAN>${account}</IBAN></Id><Ccy>${currency}</Ccy></Acct>`
  + `${opening === null ? '' : balance('OPBD', opening, currency, day)}${closing === null ? '' : balance('CLBD', closing, currency, day)}${entries.map((e) => entryXml(e, currency, version)).join('')}</${element}>`;

export const camt = (statements: readonly string[], version = '02', message = 'camt.053'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${message}.001.${version}"><${message === 'camt.053' ? 'BkToCstmrStmt' : 'BkToCstmrDbtCdtNtfctn'}><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-02T18:00:00</CreDtTm></GrpHdr>`
  + `${statements.join('')}</${message === 'camt.053' ? 'BkToCstmrStmt' : 'BkToCstmrDbtCdtNtfctn'}></Document>`;

/** Reads a file in pieces of so many bytes. */
export function readAll(file: string | Uint8Array, piece = 7): { readonly entries: readonly BankEntry[]; readonly parts: readonly BankPart[] } {
  const [entries, parts, found] = [[] as BankEntry[], [] as BankPart[], {} as Found];
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  const read = (into: boolean) => {
    const reader = bankReader({ entry: (e) => { if (into) entries.push(e); }, part: (p) => { if (into) parts.push(p); } }, found);
    for (let at = 0; at < bytes.length; at += piece) reader.write(bytes.subarray(at, at + piece));
    reader.end();
  };
  read(false); // as an import does: what the first reading finds out is for the second
  read(true);
  return { entries, parts };
}
