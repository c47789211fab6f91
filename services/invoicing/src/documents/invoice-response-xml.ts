// A UBL 2.1 ApplicationResponse as Peppol BIS Invoice Response 3 (transaction T111) has it, read as what it says of one invoice.
//
// - What is known must be as the rules say; elements of UBL that Peppol does not use are passed over. What may be there once is not there twice.
// - It is about one document, and that is an invoice or a debit note: credit notes are not answered.
// - A code says by its list what it is: OPStatusReason or OPStatusAction.
import { isDay } from '@ar/domain/day.js';
import { faultIn, RESPONSE_ACTIONS, RESPONSE_CODES, RESPONSE_REASONS, type Clarification, type Condition, type SaidResponse } from '../domain/invoice-response.js';
import { readXml, XmlFault, type XmlElement, type XmlLimits } from './untrusted-xml.js';

const UBL = 'urn:oasis:names:specification:ubl:schema:xsd';
const [ROOT, AGGREGATE, BASIC] = [`${UBL}:ApplicationResponse-2`, `${UBL}:CommonAggregateComponents-2`, `${UBL}:CommonBasicComponents-2`];
const CUSTOMIZATION = 'urn:fdc:peppol.eu:poacc:trns:invoice_response:3';
const PROFILES: readonly string[] = ['urn:fdc:peppol.eu:poacc:bis:invoice_response:3', 'urn:peppol:bis:billing_with_response'];
/** Credit notes in UNCL1001. */
const CREDIT_NOTES: readonly string[] = ['81', '83', '261', '262', '296', '308', '381', '396', '420', '458', '532'];
export const LIMITS: XmlLimits = { bytes: 256 * 1024, elements: 2_000, depth: 16 };

/** What the file says. Throws `XmlFault`. */
export function invoiceResponseIn(bytes: Uint8Array): SaidResponse {
  const root = readXml(bytes, LIMITS);
  if (root.namespace !== ROOT || root.name !== 'ApplicationResponse') throw new XmlFault('', `is ${root.name.slice(0, 60)} of ${root.namespace.slice(0, 100) || 'no namespace'}, not a UBL ApplicationResponse`);
  const whole = new Part(root, 'ApplicationResponse');
  const customization = whole.text('CustomizationID', 200);
  if (!customization.startsWith(CUSTOMIZATION)) whole.wrong('cbc:CustomizationID', `is ${customization}, not ${CUSTOMIZATION}`);
  const profile = whole.text('ProfileID', 200);
  if (!PROFILES.includes(profile)) whole.wrong('cbc:ProfileID', `is ${profile}, not ${PROFILES[0]}`);
  const [responseId, issueDate, note] = [whole.text('ID', 128), whole.day('IssueDate'), whole.text('Note', 2_000, true, true)];
  const answer = whole.one('DocumentResponse')!;
  const response = answer.one('Response')!;
  const effectiveDate = response.day('EffectiveDate', true) || issueDate;
  const clarifications = response.every('Status', 50).map(clarificationIn);
  const code = response.code('ResponseCode', RESPONSE_CODES);
  const fault = faultIn({ code, clarifications });
  if (fault !== '') response.wrong('cbc:ResponseCode', fault);
  const reference = answer.one('DocumentReference')!;
  const type = reference.text('DocumentTypeCode', 10, true);
  if (CREDIT_NOTES.includes(type)) reference.wrong('cbc:DocumentTypeCode', `is ${type}: credit notes are not answered`);
  return { responseId, sender: addressIn(whole, 'SenderParty'), receiver: addressIn(whole, 'ReceiverParty'), invoiceReference: reference.text('ID', 64), code, effectiveDate, clarifications, note };
}

function clarificationIn(status: Part): Clarification {
  const list = status.attribute('StatusReasonCode', 'listID');
  const said = { text: status.text('StatusReason', 2_000, true, true), conditions: status.every('Condition', 20).map((c): Condition => ({ attribute: c.text('AttributeID', 100, true), value: c.text('Description', 1_000, false, true) })) };
  switch (list) {
    case 'OPStatusReason': return { kind: 'reason', code: status.code('StatusReasonCode', RESPONSE_REASONS), ...said };
    case 'OPStatusAction': return { kind: 'action', code: status.code('StatusReasonCode', RESPONSE_ACTIONS), ...said };
  }
  return status.wrong('cbc:StatusReasonCode/@listID', `is ${list.slice(0, 60) || 'missing'}, not OPStatusReason or OPStatusAction`);
}

/** `0088:7300010000001`; '' where no address is given. */
function addressIn(whole: Part, name: string): string {
  const party = whole.one(name, true);
  const id = party?.text('EndpointID', 100, true) ?? '';
  if (!party || id === '') return '';
  const scheme = party.attribute('EndpointID', 'schemeID');
  if (!/^[0-9A-Z]{4}$/.test(scheme)) party.wrong('cbc:EndpointID/@schemeID', 'is not a code of the EAS list');
  return `${scheme}:${id}`;
}

/** An element and where it stands. */
class Part {
  constructor(private readonly of: XmlElement, private readonly path: string) {}

  wrong(where: string, problem: string): never { throw new XmlFault(`${this.path}/${where}`, problem.slice(0, 300)); }

  #found(namespace: string, name: string): readonly XmlElement[] { return this.of.children.filter((c) => c.name === name && c.namespace === namespace); }
  #basic(name: string): XmlElement | undefined {
    const [found, another] = this.#found(BASIC, name);
    if (another) this.wrong(`cbc:${name}`, 'is there twice');
    return found;
  }

  one(name: string, optional = false): Part | undefined {
    const [found, another] = this.#found(AGGREGATE, name);
    if (another) this.wrong(`cac:${name}`, name === 'DocumentResponse' || name === 'DocumentReference' ? 'is there twice; one answer is about one document' : 'is there twice');
    if (!found) return optional ? undefined : this.wrong(`cac:${name}`, 'is missing');
    return new Part(found, `${this.path}/cac:${name}`);
  }

  every(name: string, most: number): readonly Part[] {
    const found = this.#found(AGGREGATE, name);
    if (found.length > most) this.wrong(`cac:${name}`, `is there ${found.length} times; ${most} are allowed`);
    return found.map((c, i) => new Part(c, `${this.path}/cac:${name}[${i + 1}]`));
  }

  /** Of several lines only where they are allowed; other white space is a space. */
  text(name: string, most: number, optional = false, lines = false): string {
    const found = this.#basic(name);
    if (found && found.children.length > 0) this.wrong(`cbc:${name}`, 'has elements inside');
    const text = (found?.text ?? '').replace(/\r\n?/g, '\n').replace(lines ? /[\t\u007f]/g : /[\t\n\u007f]/g, ' ').trim();
    if (text === '' && !optional) this.wrong(`cbc:${name}`, found ? 'is empty' : 'is missing');
    if (text.length > most) this.wrong(`cbc:${name}`, `has ${text.length} characters; ${most} are allowed`);
    return text;
  }

  day(name: string, optional = false): string {
    const text = this.text(name, 40, optional);
    if (text !== '' && !isDay(text)) this.wrong(`cbc:${name}`, `is ${text}, not a day, YYYY-MM-DD`);
    return text;
  }

  code<C extends string>(name: string, codes: readonly C[]): C {
    const text = this.text(name, 40);
    return codes.find((c) => c === text) ?? this.wrong(`cbc:${name}`, `is ${text}, not one of ${codes.join(', ')}`);
  }

  attribute(name: string, attribute: string): string { return this.#basic(name)?.attributes.get(attribute) ?? ''; }
}
