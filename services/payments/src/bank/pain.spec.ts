import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BankFileInvalid } from './bank-file.js';
import { pain002In } from './pain002.js';
import { type DebitOfFile, inSepa, pain008, remittanceText } from './pain008.js';

const debit = (n: number, more: Partial<DebitOfFile> = {}): DebitOfFile => ({
  endToEndId: `DD-${n}`, minor: 10_00 + n, scheme: 'CORE', turn: 'RCUR', collectOn: '2026-03-12', reference: `M-${n}`, signedOn: '2026-01-15', name: 'Ada Byron', iban: 'DE89370400440532013000', bic: '', formerIban: '', formerCreditorId: '', text: 'R-1', ...more,
});
const file = (...debits: readonly DebitOfFile[]) => Buffer.from(pain008({ fileId: 'F-1', createdOn: '2026-03-10', creditor: { name: 'Müller & Söhne', iban: 'DE02120300000000202051', creditorId: 'DE98ZZZ09999999999' }, debits })).toString();
const all = (text: string, name: string): readonly string[] => [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((m) => m[1]!);

describe('a pain.008', () => {
  it('groups by scheme, turn and day, each with its count and its sum', () => {
    const text = file(debit(1), debit(2, { turn: 'FRST' }), debit(3), debit(4, { scheme: 'B2B' }), debit(5, { collectOn: '2026-03-13' }));
    expect(text).toContain('urn:iso:std:iso:20022:tech:xsd:pain.008.001.08');
    expect(all(text, 'NbOfTxs')).toEqual(['5', '1', '1', '2', '1']);
    expect(all(text, 'CtrlSum')).toEqual(['50.15', '10.04', '10.02', '20.04', '10.05']);
    expect(all(text, 'PmtInfId')).toEqual(['F-1-1', 'F-1-2', 'F-1-3', 'F-1-4']);
    expect(all(text, 'SeqTp')).toEqual(['RCUR', 'FRST', 'RCUR', 'RCUR']);
    expect(all(text, 'BtchBookg')).toEqual(['false', 'false', 'false', 'false']);
    expect(text).toContain('<InstdAmt Ccy="EUR">10.01</InstdAmt>');
  });
  it('tells the bank a former account, and its identifier where it is known', () => {
    expect(file(debit(1, { formerIban: 'DE02120300000000202051', bic: 'COBADEFF' }))).toMatch(/<AmdmntInd>true<\/AmdmntInd>\s*<AmdmntInfDtls>\s*<OrgnlDbtrAcct>\s*<Id>\s*<IBAN>DE02120300000000202051/);
    expect(file(debit(1, { bic: 'COBADEFF' }))).toContain('<BICFI>COBADEFF</BICFI>');
    expect(file(debit(1))).not.toContain('AmdmntInd');
  });
  it('tells the bank a former creditor identifier, before a former account', () => {
    const flat = file(debit(1, { formerCreditorId: 'DE98ZZZ00000000001', formerIban: 'DE02120300000000202051' })).replace(/\s+</g, '<');
    expect(flat).toContain('<AmdmntInd>true</AmdmntInd><AmdmntInfDtls><OrgnlCdtrSchmeId><Id><PrvtId><Othr><Id>DE98ZZZ00000000001</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></OrgnlCdtrSchmeId><OrgnlDbtrAcct>');
  });
  it('names no bank that nobody knows', () => expect(file(debit(1)).replace(/\s+</g, '<')).toMatch(/<CdtrAgt><FinInstnId><Othr><Id>NOTPROVIDED<\/Id>.*<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED<\/Id>/));
  it('has its elements in the order of the schema', () => {
    const inside = (text: string, name: string) => { const depth: string[] = []; const found: string[] = []; for (const [, end, tag] of text.matchAll(/<(\/?)([A-Za-z0-9]+)[^>]*>/g)) { if (end) { depth.pop(); } else { if (depth.at(-1) === name) found.push(tag!); depth.push(tag!); } } return found; };
    const text = file(debit(1, { formerIban: 'DE02120300000000202051' }));
    expect(inside(text, 'GrpHdr')).toEqual(['MsgId', 'CreDtTm', 'NbOfTxs', 'CtrlSum', 'InitgPty']);
    expect(inside(text, 'PmtInf')).toEqual(['PmtInfId', 'PmtMtd', 'BtchBookg', 'NbOfTxs', 'CtrlSum', 'PmtTpInf', 'ReqdColltnDt', 'Cdtr', 'CdtrAcct', 'CdtrAgt', 'ChrgBr', 'CdtrSchmeId', 'DrctDbtTxInf']);
    expect(inside(text, 'PmtTpInf')).toEqual(['SvcLvl', 'LclInstrm', 'SeqTp']);
    expect(inside(text, 'DrctDbtTxInf')).toEqual(['PmtId', 'InstdAmt', 'DrctDbtTx', 'DbtrAgt', 'Dbtr', 'DbtrAcct', 'RmtInf']);
    expect(inside(text, 'MndtRltdInf')).toEqual(['MndtId', 'DtOfSgntr', 'AmdmntInd', 'AmdmntInfDtls']);
  });
  it('names whole document numbers, as many as fit', () => {
    expect(remittanceText(['R-1', 'R-2'])).toBe('R-1, R-2');
    const many = Array.from({ length: 40 }, (_, n) => `RE-2026-${1_000 + n}`);
    expect(remittanceText(many)).toBe(`${many.slice(0, 9).join(', ')} and 31 more`);
    expect(remittanceText(['x'.repeat(200)])).toHaveLength(140);
    expect(remittanceText([])).toBe('');
  });
  it('is written in the characters of SEPA, and nothing in it is markup (property)', () => {
    expect(inSepa('Müller & Söhne <b> ß', 70)).toBe('Muller . Sohne .b. ss');
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (name) => expect(inSepa(name, 70)).toMatch(/^[A-Za-z0-9 /?:().,'+-]{0,70}$/)));
  });
  it('says in all what its debits come to, and has the same bytes whenever it is made (property)', () => {
    const any = fc.array(fc.record({ minor: fc.integer({ min: 1, max: 99_999_999 }), turn: fc.constantFrom('FRST' as const, 'RCUR' as const, 'OOFF' as const, 'FNAL' as const), scheme: fc.constantFrom('CORE' as const, 'B2B' as const) }), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(any, (parts) => {
      const debits = parts.map((p, n) => debit(n, p));
      const text = file(...debits);
      const cents = (amounts: readonly string[]) => amounts.reduce((sum, a) => sum + Number(a.replace('.', '')), 0);
      const [whole, ...groups] = all(text, 'CtrlSum');
      const total = debits.reduce((sum, d) => sum + d.minor, 0);
      expect([cents([whole!]), cents(groups), cents([...text.matchAll(/<InstdAmt Ccy="EUR">([^<]*)</g)].map((m) => m[1]!))]).toEqual([total, total, total]);
      expect(all(text, 'EndToEndId')).toHaveLength(debits.length);
      expect(file(...debits)).toBe(text);
    }), { numRuns: 50 });
  });
});

const report = (inner: string, root = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">') => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${root}<CstmrPmtStsRpt><GrpHdr><MsgId>S</MsgId></GrpHdr>${inner}</CstmrPmtStsRpt></Document>`);
const told = (inner: string) => pain002In(report(inner));

describe('a pain.002', () => {
  it('tells of each debit its status and its reason', () =>
    expect(told('<OrgnlPmtInfAndSts><PmtInfSts>PART</PmtInfSts><TxInfAndSts><StsId>1</StsId><OrgnlEndToEndId>DD-1</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Orgtr><Nm>Bank</Nm></Orgtr><Rsn><Cd>AM04</Cd></Rsn><AddtlInf>x</AddtlInf></StsRsnInf></TxInfAndSts>'
      + '<TxInfAndSts><OrgnlEndToEndId>DD-2</OrgnlEndToEndId><TxSts>ACSC</TxSts><AcctSvcrRef>B-7</AcctSvcrRef></TxInfAndSts></OrgnlPmtInfAndSts>')).toEqual([
      { endToEndId: 'DD-1', status: 'RJCT', code: 'AM04', reference: '' }, { endToEndId: 'DD-2', status: 'ACSC', code: '', reference: 'B-7' }]));
  it('holds for those that are named and say nothing else', () => {
    expect(told('<OrgnlGrpInfAndSts><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>DD-1</OrgnlEndToEndId></TxInfAndSts></OrgnlPmtInfAndSts>')).toEqual([{ endToEndId: 'DD-1', status: 'RJCT', code: 'FF01', reference: '' }]);
    expect(told('<OrgnlGrpInfAndSts><GrpSts>ACTC</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Prtry>DT01</Prtry></Rsn></StsRsnInf><TxInfAndSts><OrgnlEndToEndId>DD-1</OrgnlEndToEndId></TxInfAndSts></OrgnlPmtInfAndSts>')).toEqual([{ endToEndId: 'DD-1', status: 'RJCT', code: 'DT01', reference: '' }]);
    expect(told('<OrgnlGrpInfAndSts><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>')).toEqual([]);
  });
  it('may have prefixes, and references to characters', () =>
    expect(pain002In(Buffer.from('<p:Document xmlns:p="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><p:TxInfAndSts><p:OrgnlEndToEndId>D&#68;-1</p:OrgnlEndToEndId><p:TxSts>ACSC</p:TxSts></p:TxInfAndSts></p:Document>'))).toMatchObject([{ endToEndId: 'DD-1' }]));
  it.each([
    ['nothing', ''], ['no XML', 'hello'], ['not well-formed', '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><a></b></Document>'], ['cut off', '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><a>'],
    ['another message', '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>'], ['of an entity of its own', '<!DOCTYPE d [<!ENTITY x "y">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">&x;</Document>'],
    ['of an entity outside', '<!DOCTYPE d SYSTEM "file:///etc/passwd"><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"/>'], ['of an undeclared entity', '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">&x;</Document>'],
    ['too deep', `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">${'<a>'.repeat(40)}`], ['too long in one element', report(`<a>${'x'.repeat(1_001)}</a>`).toString()], ['without an id', report('<TxInfAndSts><TxSts>RJCT</TxSts></TxInfAndSts>').toString()],
    ['in other characters', report('', '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">').toString().replace('UTF-8', 'UTF-7')],
  ])('is refused where it is %s', (_what, text) => expect(() => pain002In(Buffer.from(text))).toThrow(BankFileInvalid));
  it('is refused where its bytes are no characters, or too many', () => {
    expect(() => pain002In(Buffer.concat([report('').subarray(0, 100), Buffer.from([0xff])]))).toThrow(BankFileInvalid);
    expect(() => pain002In(Buffer.alloc(2 * 1_048_576 + 1, 32))).toThrow(BankFileInvalid);
  });
  it('is never anything but read or refused, whatever is cut out of a good one or put into it (property)', () => {
    const good = report('<OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>DD-1</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>').toString();
    fc.assert(fc.property(fc.nat(good.length), fc.nat(40), fc.string({ maxLength: 8 }), (at, length, put) => {
      try { for (const of of pain002In(Buffer.from(good.slice(0, at) + put + good.slice(at + length)))) expect(of.endToEndId).not.toBe(''); } catch (error) { expect(error).toBeInstanceOf(BankFileInvalid); }
    }), { numRuns: 300 });
  });
});
