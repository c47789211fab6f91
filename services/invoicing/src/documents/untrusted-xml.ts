// XML from outside: read without resolving anything, bounded in every direction, or refused with the place and what is wrong there.
//
// - UTF-8 only, a byte order mark is allowed. No DOCTYPE, so no entities but the five of XML itself and characters by number.
// - Limits hold before anything is built of it: bytes, elements, depth. What is cut off or not well-formed is not read at all.
// - Elements are told apart by their namespace and local name; prefixes are the writer's own.
import { XMLParser, XMLValidator } from 'fast-xml-parser';

export interface XmlLimits { readonly bytes: number; readonly elements: number; readonly depth: number }
/** An element: `text` is its own, trimmed; `children` are its elements. */
export interface XmlElement { readonly namespace: string; readonly name: string; readonly attributes: ReadonlyMap<string, string>; readonly text: string; readonly children: readonly XmlElement[] }

/** Why a file was not read; `at` is the path of the element, '' for the file. */
export class XmlFault extends Error { constructor(readonly at: string, readonly problem: string) { super(at === '' ? problem : `${at}: ${problem}`); } }

/** The root of the document. Throws `XmlFault`. */
export function readXml(bytes: Uint8Array, limits: XmlLimits): XmlElement {
  if (bytes.length > limits.bytes) throw new XmlFault('', `has ${bytes.length} bytes; ${limits.bytes} are allowed`);
  const text = decoded(bytes);
  if (/<!DOCTYPE/i.test(text)) throw new XmlFault('', 'has a DOCTYPE, which is not read');
  withinLimits(text, limits);
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new XmlFault('', `is not well-formed XML in line ${valid.err.line}: ${valid.err.msg.slice(0, 150)}`);
  const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, processEntities: false, parseTagValue: false, parseAttributeValue: false, trimValues: true, ignoreDeclaration: true, ignorePiTags: true, cdataPropName: CDATA });
  let nodes: readonly Node[];
  try { nodes = parser.parse(text) as readonly Node[]; } catch (error) { throw new XmlFault('', `cannot be read: ${(error as Error).message.slice(0, 150)}`); }
  const [root, ...others] = nodes.filter((n) => nameOf(n) !== '#text');
  if (!root || others.length > 0) throw new XmlFault('', root ? 'has more than one root element' : 'has no root element');
  return elementOf(root, new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]), '');
}

function decoded(bytes: Uint8Array): string {
  let text: string;
  try { text = new TextDecoder('utf-8', { fatal: true }).decode(bytes); } catch { throw new XmlFault('', 'is not UTF-8'); }
  const encoding = /^<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1] ?? 'UTF-8';
  if (encoding.toUpperCase() !== 'UTF-8') throw new XmlFault('', `says that it is in ${encoding.slice(0, 40)}; only UTF-8 is read`);
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) throw new XmlFault('', 'has characters that XML does not allow');
  return text;
}

/** Counts tags in one pass over the text, before anything is built. */
function withinLimits(text: string, limits: XmlLimits): void {
  let [elements, depth] = [0, 0];
  const after = (end: string, from: number): number => {
    const at = text.indexOf(end, from);
    if (at < 0) throw new XmlFault('', 'is cut off');
    return at + end.length;
  };
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith('<!--', at)) at = after('-->', at + 4);
    else if (text.startsWith('<![CDATA[', at)) at = after(']]>', at);
    else if (text.startsWith('<?', at)) at = after('?>', at);
    else if (text.startsWith('</', at)) { depth--; at = after('>', at); }
    else {
      const end = tagEnd(text, at);
      elements++;
      if (text[end - 2] !== '/') depth++;
      if (elements > limits.elements) throw new XmlFault('', `has more than ${limits.elements} elements`);
      if (depth > limits.depth) throw new XmlFault('', `is more than ${limits.depth} elements deep`);
      at = end;
    }
  }
  if (depth > 0) throw new XmlFault('', 'is cut off');
}

/** The place after the tag that begins there; `>` may stand in an attribute. */
function tagEnd(text: string, from: number): number {
  let quote = '';
  for (let at = from + 1; at < text.length; at++) {
    const c = text[at]!;
    if (quote !== '') { if (c === quote) quote = ''; } else if (c === '"' || c === "'") quote = c;
    else if (c === '>') return at + 1;
  }
  throw new XmlFault('', 'is cut off');
}

const CDATA = '#cdata';
type Node = Readonly<Record<string, unknown>>;
const nameOf = (node: Node): string => Object.keys(node).find((key) => key !== ':@') ?? '';

function elementOf(node: Node, outer: ReadonlyMap<string, string>, above: string): XmlElement {
  const tag = nameOf(node);
  const path = above === '' ? tag : `${above}/${tag}`;
  const inner = node[tag];
  if (!Array.isArray(inner)) throw new XmlFault(above, `has an element that is not read: ${tag.slice(0, 60)}`);
  const scope = new Map(outer);
  const attributes = new Map<string, string>();
  for (const [key, value] of Object.entries((node[':@'] ?? {}) as Readonly<Record<string, unknown>>)) {
    const [name, said] = [key.slice(2), plain(String(value), path)];
    if (name === 'xmlns') scope.set('', said);
    else if (name.startsWith('xmlns:')) scope.set(name.slice(6), said);
    else attributes.set(name, said);
  }
  const [prefix, name] = tag.includes(':') ? tag.split(':', 2) as [string, string] : ['', tag];
  const namespace = scope.get(prefix) ?? '';
  if (prefix !== '' && namespace === '') throw new XmlFault(path, `has the prefix ${prefix.slice(0, 60)} without a namespace`);
  const nodes = inner as readonly Node[];
  const text = nodes.map((n) => (nameOf(n) === '#text' ? plain(String(n['#text']), path) : nameOf(n) === CDATA ? (n[CDATA] as readonly Node[]).map((t) => String(t['#text'])).join('') : '')).join('');
  const children = nodes.filter((n) => !['#text', CDATA].includes(nameOf(n))).map((n) => elementOf(n, scope, path));
  return { namespace, name, attributes, text: text.trim(), children };
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text with its five entities and its characters by number; any other entity would have to be resolved, and is not. */
function plain(text: string, path: string): string {
  return text.replace(/&([^;&]{0,40});?/g, (whole, name: string) => {
    const known = Object.hasOwn(NAMED, name) && whole.endsWith(';') ? NAMED[name] : undefined;
    if (known !== undefined) return known;
    const number = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    const code = number && whole.endsWith(';') ? Number.parseInt(number[1] ?? number[2]!, number[1] ? 16 : 10) : -1;
    const allowed = code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
    if (!allowed) throw new XmlFault(path, `has an entity that is not read: ${whole.slice(0, 40)}`);
    return String.fromCodePoint(code);
  });
}
