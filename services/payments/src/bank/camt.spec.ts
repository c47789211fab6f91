import { describe, expect, it } from '@jest/globals';
import type { entryXml} from './bank-files.world.js';
import { camt, readAll, statementXml } from './bank-files.world.js';

const one = (entry: Parameters<typeof entryXml>[0], version = '02') => readAll(camt([statementXml({ entries: [entry] }, version)], version)).entries[0]!;
const transaction = (amount: string, more = '') => `<TxDtls><Refs><AcctSvcrRef>T${amount}</AcctSvcrRef><EndToEndId>E${amount}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">${amount}</Amt></TxAmt></AmtDtls>${more}</TxDtls>`;

describe('a camt.053', () => {
  it.each(['02', '04', '08'])('of version %s says what came in, from whom and why', (version) => {
    const party = (inside: string) => (version === '08' ? `<Pty>${inside}</Pty>` : inside);
    const entry = one({
      amount: '121.00', ref: 'B-1', more: '<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>',
      details: `<TxDtls><Refs><EndToEndId>E-7</EndToEndId></Refs>${version === '02' ? '<AmtDtls><TxAmt><Amt Ccy="EUR">121.00</Amt></TxAmt></AmtDtls>' : '<Amt Ccy="EUR">121.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'}<RltdPties><Dbtr>${party('<Nm>Ada &amp; Söhne</Nm>')}</Dbtr><DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct><Cdtr>${party('<Nm>Wir</Nm>')}</Cdtr></RltdPties><RmtInf><Ustrd>Rechnung</Ustrd><Ustrd>R-1</Ustrd><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>`,
    }, version);
    expect(entry).toMatchObject({
      minor: 121_00, currency: 'EUR', credit: true, status: 'booked', reversal: false, bookedOn: '2026-03-02', valueOn: '2026-03-02', reference: 'B-1', code: 'PMNT/RCDT/ESCT', endToEndId: 'E-7',
      name: 'Ada & Söhne', account: 'DE02120300000000202051', text: 'Rechnung R-1', references: ['RF18539007547034'],
    });
  });

  it('says the direction itself, of a reversal too', () => {
    expect([one({ amount: '1.00', side: 'DBIT', reversal: true }), one({ amount: '1.00', side: 'CRDT', reversal: true })].map((e) => [e.credit, e.reversal])).toEqual([[false, true], [true, true]]);
  });

  it('tells pending and information entries apart from booked ones', () => expect(['BOOK', 'PDNG', 'INFO', 'FUTR'].map((status) => one({ amount: '1.00', status }).status)).toEqual(['booked', 'pending', 'information', 'pending']));

  it('keeps the transactions of a batch', () => {
    const entry = one({ amount: '300.00', details: `${transaction('100.00')}${transaction('200.00', '<CdtDbtInd>CRDT</CdtDbtInd>')}` });
    expect(entry.transactions.map((t) => [t.minor, t.credit, t.reference, t.endToEndId])).toEqual([[100_00, true, 'T100.00', 'E100.00'], [200_00, true, 'T200.00', 'E200.00']]);
  });

  it('reads charges that were taken off, in records and without', () => {
    expect(one({ amount: '98.00', more: '<Chrgs><Rcrd><Amt Ccy="EUR">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>' }).chargesMinor).toBe(2_00);
    expect(one({ amount: '98.00', more: '<Chrgs><Amt Ccy="EUR">1.50</Amt></Chrgs>' }).chargesMinor).toBe(1_50);
    expect(one({ amount: '98.00', more: '<Chrgs><Amt Ccy="USD">1.50</Amt></Chrgs>' }).chargesMinor).toBe(0);
  });

  it.each([['JPY', '100', 100], ['JPY', '100.00', 100], ['KWD', '1.234', 1234], ['EUR', '10.00000', 10_00], ['EUR', '7', 7_00], ['EUR', '7.', 7_00], ['CLF', '0.0001', 1]])('has %s %s', (currency, amount, minor) => {
    expect(readAll(camt([statementXml({ currency, opening: '0', closing: '0', entries: [{ amount }] })])).entries[0]).toMatchObject({ minor, currency });
  });

  it.each([['10.001', 'more digits'], ['1e3', 'not an amount'], ['-1.00', 'not an amount'], ['', 'not an amount'], ['99999999999999999.00', 'beyond']])('is not read with the amount %s', (amount, why) => {
    expect(() => one({ amount })).toThrow(why);
  });

  it('has several statements, in several currencies, with signed balances', () => {
    const { parts, entries } = readAll(camt([
      statementXml({ number: 7, opening: '-10.00', closing: '-4.00', entries: [{ amount: '6.00' }] }), statementXml({ id: 'S2', account: 'CH9300762011623852957', currency: 'CHF', opening: null, closing: null, entries: [] }),
    ]));
    expect(entries.length).toBe(1);
    expect(parts.map((p) => [p.account, p.currency, p.bankId, p.number, p.opening?.minor, p.closing?.minor])).toEqual([['DE89370400440532013000', 'EUR', 'S1', 7, -10_00, -4_00], ['CH9300762011623852957', 'CHF', 'S2', 0, undefined, undefined]]);
  });

  it('takes the previous closing balance where no opening one is, and no balance between pages', () => {
    const previous = statementXml({ opening: '5.00', closing: '5.00', entries: [] }).replace('OPBD', 'PRCD');
    expect(readAll(camt([previous])).parts[0]).toMatchObject({ opening: { minor: 5_00 }, closing: { minor: 5_00 } });
    expect(readAll(camt([statementXml({ opening: '5.00', closing: '5.00', entries: [] }).replace('CLBD', 'ITBD')])).parts[0]).toMatchObject({ opening: { minor: 5_00 }, closing: null });
  });

  it('is read with any prefix, and in pieces of any size', () => {
    const file = camt([statementXml({ entries: [{ amount: '1.00', ref: 'B-ä' }] })]);
    const prefixed = file.replace(/<(\/?)([A-Z])/g, '<$1n:$2').replace('xmlns=', 'xmlns:n=');
    for (const piece of [1, 3, 1_000_000]) expect(readAll(prefixed, piece)).toEqual(readAll(file));
  });

  it('is read however much is between its elements, and texts as characters too', () => {
    const entries = Array.from({ length: 600 }, (_, n) => ({ amount: '1.00', ref: `B-${n}`, details: `<TxDtls><RmtInf><Ustrd><![CDATA[R&D <${n}>]]></Ustrd></RmtInf></TxDtls>` }));
    const laidOut = camt([statementXml({ entries })]).replaceAll('<Ntry>', `\n${' '.repeat(40)}<Ntry>`);
    expect(readAll(laidOut, 1_000).entries.map((e) => e.text)).toEqual(entries.map((_, n) => `R&D <${n}>`));
  });
  it('has letters of any alphabet, wherever its bytes are cut', () => {
    const text = 'plain \u00fc\u00df \u{1f4b6} \ufeff and plain again';
    for (let piece = 1; piece < 12; piece++) expect(readAll(camt([statementXml({ entries: [{ amount: '1.00', text }] })]), piece).entries[0]!.text).toBe(text);
  });

  it('says nothing of its transactions but what is theirs', () => {
    const entry = one({
      amount: '3.00', ref: 'B-1', more: '<NtryRef>N</NtryRef><AmtDtls><TxAmt><Amt Ccy="EUR">9.99</Amt></TxAmt></AmtDtls><Envlp><TxDtls><Refs><EndToEndId>no</EndToEndId></Refs></TxDtls></Envlp>',
      details: '<Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="EUR">3.00</TtlAmt><CdtDbtInd>DBIT</CdtDbtInd></Btch><TxDtls><AmtDtls><InstdAmt><Amt Ccy="USD">7.00</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">1.00</Amt><CcyXchg><Amt Ccy="USD">8.00</Amt></CcyXchg></TxAmt></AmtDtls></TxDtls><TxDtls><Amt Ccy="EUR">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RmtInf><Ustrd>a</Ustrd><Ustrd/></RmtInf><RmtInf><Ustrd>b</Ustrd></RmtInf></TxDtls>',
    });
    expect([entry.minor, entry.credit, entry.reference, entry.endToEndId, entry.transactions.map((t) => [t.minor, t.credit, t.text])]).toEqual([3_00, true, 'B-1', '', [[1_00, true, ''], [2_00, false, 'a b']]]);
  });

  it('is a camt.054 where it says so', () => {
    const { parts, entries } = readAll(camt([statementXml({ opening: null, closing: null, entries: [{ amount: '1.00' }] }, '02', 'Ntfctn')], '02', 'camt.054'));
    expect([parts[0]!.message, entries.length]).toEqual(['camt.054', 1]);
  });
});

describe('a damaged or hostile file', () => {
  const good = camt([statementXml({ entries: [{ amount: '1.00', text: 'hello' }] })]);
  const bytes = (text: string) => new TextEncoder().encode(text);
  it.each<[string, string | Uint8Array, RegExp]>([
    ['an entity that expands', good.replace('<Document', '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Document').replace('hello', '&b;'), /document type/],
    ['an external entity', good.replace('<Document', '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document').replace('hello', '&x;'), /document type/],
    ['an entity that is not declared', good.replace('hello', '&x;'), /entity/],
    ['an end in the middle', good.slice(0, good.length / 2), /unclosed|ends before/],
    ['nothing but a beginning', '<?xml version="1.0"?>', /root|ends before/],
    ['a NUL', good.replace('hello', 'he\u0000llo'), /disallowed character/],
    ['bytes of another encoding', Buffer.from(good.replace('hello', 'gr\u00fc\u00df'), 'latin1'), /no characters of its encoding/],
    ['half a letter, and plain ones behind it', Buffer.concat([Buffer.from(good.slice(0, good.indexOf('hello'))), Buffer.from([0xc3]), Buffer.from(good.slice(good.indexOf('hello')))]), /no characters of its encoding/],
    ['half a letter at its end', Buffer.concat([Buffer.from(good), Buffer.from([0xe2, 0x82])]), /no characters of its encoding/],
    ['an encoding nobody has', good.replace('UTF-8', 'EBCDIC'), /not read/],
    ['depth', good.replace('hello', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`), /deep/],
    ['an endless text', good.replace('hello', 'x'.repeat(20_000)), /characters/],
    ['endless elements', good.replace('<RmtInf>', `<RmtInf>${'<Strd/>'.repeat(3_000)}`), /elements/],
    ['another message', good.replace('camt.053', 'pain.001'), /neither/],
    ['a version that is not read', good.replace('001.02', '001.01'), /versions/],
    ['no XML', bytes('PK\u0003\u0004zip'), /neither/],
    ['a day that is none', good.replace('<BookgDt><Dt>2026-03-02', '<BookgDt><Dt>2026-02-30'), /not a date/],
    ['no direction', good.replace('<CdtDbtInd>CRDT</CdtDbtInd><Sts>', '<Sts>'), /neither CRDT nor DBIT/],
    ['a currency that is none', good.replaceAll('Ccy="EUR"', 'Ccy="EURO"'), /not a currency/],
    ['something behind its end', `${good}<more/>`, /root|text data|documents/],
  ])('with %s is not read', (_what, file, why) => expect(() => readAll(file)).toThrow(why));

  it('is read in Latin letters where it says so', () => {
    const file = Buffer.from(good.replace('UTF-8', 'ISO-8859-1').replace('hello', 'grüß'), 'latin1');
    expect(readAll(file).entries[0]!.text).toBe('grüß');
  });
});
