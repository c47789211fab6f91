// A bank's file of 100 MB, camt.053: how fast an import reads it, against the XML parser alone on the same file, and how much memory that takes.
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inTurn, type Plan } from './bench-measure.js';
import type { Memory, Row } from './bench-table.js';

const MEGABYTES = 100;
const BYTES = MEGABYTES * 1024 * 1024;
const END = '</Stmt></BkToCstmrStmt></Document>';
const balance = (code: string, amount: string) => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-02</Dt></Dt></Bal>`;

/** A payment as a bank tells it, with payer, account and reference; each of 1.00. */
const entry = (n: number): string => {
  const id = String(n).padStart(8, '0');
  return `<Ntry><NtryRef>${n}</NtryRef><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt><ValDt><Dt>2026-01-02</Dt></ValDt><AcctSvcrRef>BANK-${id}</AcctSvcrRef>`
    + `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E2E-${id}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">1.00</Amt></TxAmt></AmtDtls>`
    + `<RltdPties><Dbtr><Nm>Customer number ${id}</Nm></Dbtr><DbtrAcct><Id><IBAN>DE8937040044${id}00</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>Invoice R-${id} of January, thank you</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n`;
};

/** The file in pieces: as many payments as 100 MB hold. A statement's balances may stand after its entries. */
function* pieces(): Generator<string> {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>BENCH</MsgId><CreDtTm>2026-01-02T18:00:00</CreDtTm></GrpHdr>'
    + `<Stmt><Id>BENCH</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-01-02T18:00:00</CreDtTm><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>${balance('OPBD', '0.00')}\n`;
  yield head;
  let [n, bytes] = [0, head.length + 1_000];
  for (let next = entry(1); bytes + next.length <= BYTES; next = entry(n + 1)) {
    n++;
    bytes += next.length;
    yield next;
  }
  yield `${balance('CLBD', `${n}.00`)}${END}`;
}

/** Reads in rounds, by turns. */
export async function benchBank({ rounds }: Plan): Promise<{ readonly rows: readonly Row[]; readonly memory: readonly Memory[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'ar-bench-bank-'));
  try {
    const path = join(folder, 'camt.053.xml');
    await pipeline(Readable.from(pieces()), createWriteStream(path));
    const megabytes = (await stat(path)).size / (1024 * 1024);
    const most = { import: 0, xml: 0 };
    let lines = 0;
    const read = (reading: 'import' | 'xml') => async (): Promise<number> => {
      const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('./bench-bank-file.js', import.meta.url)), reading, path]);
      const told = JSON.parse(stdout) as { seconds: number; read: number; mib: number };
      most[reading] = Math.max(most[reading], told.mib);
      if (reading === 'import') lines = told.read;
      return megabytes / told.seconds;
    };
    const measured = await inTurn(rounds, read('import'), read('xml'));
    return {
      rows: [{ name: 'bank-100mb', unit: 'MB/s', better: 'higher', ...measured, goal: 0.5, against: `saxes alone, telling every element of the same file: a camt.053 of 100 MB, ${lines.toLocaleString('en')} entries; ours is all that an import does before it books` }],
      memory: [{ process: 'xml parser, 100 MB', atRestMib: 0, underLoadMib: most.xml }, { process: 'bank file import, 100 MB (goal ≤ 300)', atRestMib: 0, underLoadMib: most.import }],
    };
  } finally { await rm(folder, { recursive: true, force: true }); }
}
