// Invoice Responses as customers' systems write them.
export interface Told { readonly id?: string; readonly code?: string; readonly reference?: string; readonly sender?: string; readonly receiver?: string; readonly effective?: string; readonly statuses?: string; readonly declaration?: string; readonly note?: string }

export const status = (list: 'OPStatusReason' | 'OPStatusAction', code: string, text = '', condition = '') =>
  `<cac:Status><cbc:StatusReasonCode listID="${list}">${code}</cbc:StatusReasonCode>${text && `<cbc:StatusReason>${text}</cbc:StatusReason>`}${condition && `<cac:Condition><cbc:AttributeID>BT-48</cbc:AttributeID><cbc:Description>${condition}</cbc:Description></cac:Condition>`}</cac:Status>`;
const party = (name: string, address: string) => {
  const [scheme, id] = address.split(':');
  return `<cac:${name}><cbc:EndpointID schemeID="${scheme}">${id}</cbc:EndpointID><cac:PartyLegalEntity><cbc:RegistrationName>Somebody</cbc:RegistrationName></cac:PartyLegalEntity></cac:${name}>`;
};

export function responseXml({
  id = 'imr-1', code = 'RE', reference = 'INV-2026-000001', sender = '0088:7300010000001', receiver = '9930:DE123456789', effective = '2026-03-04', note = '', declaration = '<?xml version="1.0" encoding="UTF-8"?>',
  statuses = status('OPStatusReason', 'PRI', 'agreed was 9.50 &amp; no more', 'DE123456789') + status('OPStatusAction', 'NIN'),
}: Told = {}): string {
  return `${declaration}
<ApplicationResponse xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:invoice_response:3</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:invoice_response:3</cbc:ProfileID>
  <cbc:ID>${id}</cbc:ID>
  <cbc:IssueDate>2026-03-05</cbc:IssueDate>${note && `<cbc:Note>${note}</cbc:Note>`}
  ${party('SenderParty', sender)}
  ${party('ReceiverParty', receiver)}
  <cac:DocumentResponse>
    <cac:Response>
      <cbc:ResponseCode listID="UNCL4343OpSubset">${code}</cbc:ResponseCode>${effective && `<cbc:EffectiveDate>${effective}</cbc:EffectiveDate>`}
      ${statuses}
    </cac:Response>
    <cac:DocumentReference>
      <cbc:ID>${reference}</cbc:ID>
      <cbc:DocumentTypeCode listID="UNCL1001">380</cbc:DocumentTypeCode>
    </cac:DocumentReference>
  </cac:DocumentResponse>
</ApplicationResponse>
`;
}
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const plain = responseXml();
const cut = (from: string, to: string) => { if (!plain.includes(from)) throw new Error(`${from} is not in the response`); return plain.replace(from, to); };
const utf16 = (text: string, mark: readonly number[]) => Uint8Array.from([...mark, ...[...text].flatMap((c) => [c.charCodeAt(0), 0])]);

/** What is wrong with it, the file, where that is found, and what is said. */
export const hostile: readonly (readonly [what: string, file: Uint8Array, at: string, problem: string])[] = [
  ['entities that multiply', bytes(responseXml({ declaration: `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">${'bcdefghij'.split('').map((n, i) => `<!ENTITY ${n} "${`&${'abcdefghi'[i]!};`.repeat(10)}">`).join('')}]>`, note: '&j;' })), '', 'has a DOCTYPE, which is not read'],
  ['an external entity', bytes(responseXml({ declaration: '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>', note: '&f;' })), '', 'has a DOCTYPE, which is not read'],
  ['an external DTD', bytes(responseXml({ declaration: '<?xml version="1.0"?><!doctype r SYSTEM "http://attacker.example/r.dtd">' })), '', 'has a DOCTYPE, which is not read'],
  ['an entity that nobody defined', bytes(responseXml({ note: '&f;' })), 'ApplicationResponse/cbc:Note', 'has an entity that is not read: &f;'],
  ['a character that XML does not have, by number', bytes(responseXml({ note: '&#0;' })), 'ApplicationResponse/cbc:Note', 'has an entity that is not read: &#0;'],
  ['ten thousand elements inside each other', bytes('<a>'.repeat(10_000) + '</a>'.repeat(10_000)), '', 'is more than 16 elements deep'],
  ['ten thousand elements beside each other', bytes(`<r>${'<a/>'.repeat(10_000)}</r>`), '', 'has more than 2000 elements'],
  ['a quarter of a megabyte and a byte', bytes('x'.repeat(256 * 1024 + 1)), '', 'has 262145 bytes; 262144 are allowed'],
  ['UTF-16 with its mark', utf16(plain, [0xff, 0xfe]), '', 'is not UTF-8'],
  ['UTF-16 without', utf16(plain, []), '', 'has characters that XML does not allow'],
  ['Latin 1', Uint8Array.from([...bytes('<a>'), 0xfc, ...bytes('</a>')]), '', 'is not UTF-8'],
  ['another encoding by its own word', bytes(responseXml({ declaration: '<?xml version="1.0" encoding="ISO-8859-1"?>' })), '', 'says that it is in ISO-8859-1; only UTF-8 is read'],
  ['NUL', bytes(responseXml({ note: 'a\u0000b' })), '', 'has characters that XML does not allow'],
  ['half of it', bytes(plain.slice(0, plain.length / 2)), '', 'is cut off'],
  ['all but the last tag', bytes(plain.slice(0, plain.indexOf('</ApplicationResponse>'))), '', 'is cut off'],
  ['a comment without an end', bytes(`${plain}<!-- `), '', 'is cut off'],
  ['a tag without an end', bytes('<a b="'), '', 'is cut off'],
  ['tags that cross', bytes('<a><b></a></b>'), '', `is not well-formed XML in line 1: Expected closing tag 'b' (opened in line 1, col 4) instead of closing tag 'a'.`],
  ['nothing', bytes(''), '', 'is not well-formed XML in line 1: Start tag expected.'],
  ['no XML', bytes('%PDF-1.7'), '', `is not well-formed XML in line 1: char '%' is not expected.`],
  ['an attribute twice', bytes('<a b="1" b="2"/>'), '', `is not well-formed XML in line 1: Attribute 'b' is repeated.`],
  ['another document', bytes('<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'), '', 'is Invoice of urn:oasis:names:specification:ubl:schema:xsd:Invoice-2, not a UBL ApplicationResponse'],
  ['the right name in no namespace', bytes('<ApplicationResponse/>'), '', 'is ApplicationResponse of no namespace, not a UBL ApplicationResponse'],
  ['the right prefix for another namespace', bytes(plain.replace('xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"', 'xmlns:cbc="urn:attacker"')), 'ApplicationResponse/cbc:CustomizationID', 'is missing'],
  ['a prefix for nothing', bytes(cut('<cbc:ID>imr-1</cbc:ID>', '<x:ID>imr-1</x:ID>')), 'ApplicationResponse/x:ID', 'has the prefix x without a namespace'],
  ['another transaction', bytes(cut('trns:invoice_response:3', 'trns:mlr:3')), 'ApplicationResponse/cbc:CustomizationID', 'is urn:fdc:peppol.eu:poacc:trns:mlr:3, not urn:fdc:peppol.eu:poacc:trns:invoice_response:3'],
  ['another process', bytes(cut('bis:invoice_response:3', 'bis:mlr:3')), 'ApplicationResponse/cbc:ProfileID', 'is urn:fdc:peppol.eu:poacc:bis:mlr:3, not urn:fdc:peppol.eu:poacc:bis:invoice_response:3'],
  ['two ids', bytes(cut('<cbc:ID>imr-1</cbc:ID>', '<cbc:ID>imr-1</cbc:ID><cbc:ID>imr-2</cbc:ID>')), 'ApplicationResponse/cbc:ID', 'is there twice'],
  ['two codes', bytes(cut('<cbc:EffectiveDate>', '<cbc:ResponseCode>AP</cbc:ResponseCode><cbc:EffectiveDate>')), 'ApplicationResponse/cac:DocumentResponse/cac:Response/cbc:ResponseCode', 'is there twice'],
  ['answers to two documents', bytes(cut('</ApplicationResponse>', `${/<cac:DocumentResponse>[^]*<\/cac:DocumentResponse>/.exec(plain)![0]}</ApplicationResponse>`)), 'ApplicationResponse/cac:DocumentResponse', 'is there twice; one answer is about one document'],
  ['no document', bytes(plain.replace(/<cac:DocumentReference>[^]*<\/cac:DocumentReference>/, '')), 'ApplicationResponse/cac:DocumentResponse/cac:DocumentReference', 'is missing'],
  ['an empty id', bytes(cut('<cbc:ID>imr-1</cbc:ID>', '<cbc:ID> </cbc:ID>')), 'ApplicationResponse/cbc:ID', 'is empty'],
  ['elements where text belongs', bytes(cut('<cbc:ID>imr-1</cbc:ID>', '<cbc:ID>imr-1<b/></cbc:ID>')), 'ApplicationResponse/cbc:ID', 'has elements inside'],
  ['an id without end', bytes(responseXml({ id: 'x'.repeat(129) })), 'ApplicationResponse/cbc:ID', 'has 129 characters; 128 are allowed'],
  ['a code that is none', bytes(responseXml({ code: 'OK' })), 'ApplicationResponse/cac:DocumentResponse/cac:Response/cbc:ResponseCode', 'is OK, not one of AB, IP, UQ, CA, RE, AP, PD'],
  ['a reason that is none', bytes(responseXml({ statuses: status('OPStatusReason', 'NIN') })), 'ApplicationResponse/cac:DocumentResponse/cac:Response/cac:Status[1]/cbc:StatusReasonCode', 'is NIN, not one of NON, REF, LEG, REC, QUA, DEL, PRI, QTY, ITM, PAY, UNR, FIN, PPD, OTH'],
  ['a code of no list', bytes(cut('OPStatusAction', 'mine')), 'ApplicationResponse/cac:DocumentResponse/cac:Response/cac:Status[2]/cbc:StatusReasonCode/@listID', 'is mine, not OPStatusReason or OPStatusAction'],
  ['a rejection without a reason', bytes(responseXml({ statuses: '' })), 'ApplicationResponse/cac:DocumentResponse/cac:Response/cbc:ResponseCode', 'RE needs a reason or an action (PEPPOL-T111-R001)'],
  ['a day that is none', bytes(responseXml({ effective: '2026-02-30' })), 'ApplicationResponse/cac:DocumentResponse/cac:Response/cbc:EffectiveDate', 'is 2026-02-30, not a day, YYYY-MM-DD'],
  ['a credit note', bytes(cut('>380<', '>381<')), 'ApplicationResponse/cac:DocumentResponse/cac:DocumentReference/cbc:DocumentTypeCode', 'is 381: credit notes are not answered'],
  ['an address of no scheme', bytes(responseXml({ sender: ':7300010000001' })), 'ApplicationResponse/cac:SenderParty/cbc:EndpointID/@schemeID', 'is not a code of the EAS list'],
  ['an element with the name of what every object has', bytes('<__proto__ xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"/>'), '', ''],
];
