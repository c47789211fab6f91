import { describe, expect, it } from '@jest/globals';
import { SaxesParser } from 'saxes';
import { Place, Said, Walk } from './outline.js';

const THING = { amount: 'Amt@Ccy | Dtls/Amt@Ccy', name: 'Nm | Pty/Nm', status: 'Sts/Cd | Sts', on: 'Dt/Dt' };

/** What each thing of a file says. */
function said(content: string): readonly (readonly unknown[])[] {
  const [things, thing, note] = [[] as (readonly unknown[])[], new Said(THING), new Said({ text: '.' })];
  let notes: string[] = [];
  const file = new Place();
  file.each('*/Thing', thing, () => {
    things.push([thing.amount('amount')?.text, thing.amount('amount')?.currency, thing.text('name'), thing.text('status'), thing.has('status'), thing.text('on'), notes]);
    notes = [];
  }).each('Inf/Note', note, () => { notes.push(note.text('text')); });
  const walk = new Walk(file);
  const xml = new SaxesParser();
  xml.on('opentag', ({ name, attributes }) => walk.open(name, attributes));
  xml.on('text', (text) => walk.characters(text));
  xml.on('cdata', (text) => walk.characters(text));
  xml.on('closetag', () => walk.close());
  xml.write(`<File>${content}</File>`).close();
  return things;
}
const nothing = [undefined, undefined, '', '', false, '', []];

describe('an element says, by its outline,', () => {
  it.each<[string, string, readonly unknown[]]>([
    ['nothing', '', nothing],
    ['what stands at its paths', '<Amt Ccy="EUR">1</Amt><Nm>a</Nm><Sts>x</Sts><Dt><Dt>d</Dt></Dt><Inf><Note>n</Note></Inf>', ['1', 'EUR', 'a', 'x', true, 'd', ['n']]],
    ['the first of several at one path, though it be empty', '<Nm/><Nm>b</Nm><Amt Ccy="EUR">1</Amt><Amt Ccy="CHF">2</Amt><Dt><Dt>d</Dt><Dt>e</Dt></Dt><Dt><Dt>f</Dt></Dt>', ['1', 'EUR', '', '', false, 'd', []]],
    ['in the order of its paths, not of the file', '<Pty><Nm>b</Nm></Pty><Nm>a</Nm><Dtls><Amt Ccy="CHF">2</Amt></Dtls><Amt Ccy="EUR">1</Amt>', ['1', 'EUR', 'a', '', false, '', []]],
    ['a text that is there before an empty one, but an amount that is there though it be empty', '<Nm> </Nm><Pty><Nm>b</Nm></Pty><Amt Ccy="EUR"/><Dtls><Amt Ccy="CHF">2</Amt></Dtls>', ['', 'EUR', 'b', '', false, '', []]],
    ['its own text, whatever elements are between it', '<Sts>o<X>no</X>n<Cd/><![CDATA[ & ]]>e</Sts>', [undefined, undefined, '', 'on & e', true, '', []]],
    ['nothing of the same name at another depth', '<X><Nm>a</Nm><Thing><Nm>b</Nm></Thing></X><Dt>d</Dt><Nm><Nm>c</Nm></Nm><Inf><X><Note>n</Note></X></Inf><Note>n</Note>', nothing],
    ['the same with a prefix', '<n:Amt Ccy="EUR">1</n:Amt><n:Pty><n:Nm>a</n:Nm></n:Pty><Inf><n:Note>n</n:Note><Note>m</Note></Inf>', ['1', 'EUR', 'a', '', false, '', ['n', 'm']]],
    ['each of those that it may have many of', '<Inf><Note>a</Note><Note/></Inf><Inf><Note> b </Note></Inf>', [undefined, undefined, '', '', false, '', ['a', '', 'b']]],
    ['no currency where none is', '<Amt>1</Amt>', ['1', '', '', '', false, '', []]],
  ])('%s', (_what, content, expected) => expect(said(`<Thing>${content}</Thing>`)).toEqual([expected]));

  it('nothing of the one before it', () => expect(said('<Thing><Nm>a</Nm><Amt Ccy="EUR">1</Amt><Inf><Note>n</Note></Inf></Thing><Thing/><Nm>b</Nm><Thing><Amt>2</Amt></Thing>')).toEqual([
    ['1', 'EUR', 'a', '', false, '', ['n']], nothing, ['2', '', '', '', false, '', []]]));

  it('the same in whatever order elements come, however often that changes', () => {
    const ways = ['<Nm>a</Nm><Sts>x</Sts><Dt><Dt>d</Dt></Dt>', '<Dt><X/><Dt>d</Dt></Dt><X/><Nm>a</Nm><Sts>x</Sts>', '<n:Sts>x</n:Sts><Dt><n:Dt>d</n:Dt></Dt><Nm>a</Nm>'];
    const file = Array.from({ length: 60 }, (_, n) => `<Thing>${ways[(n * n + (n >> 2)) % 3]!}</Thing>`);
    expect(said(file.join(''))).toEqual(file.map(() => [undefined, undefined, 'a', 'x', true, 'd', []]));
  });
});

describe('an outline', () => {
  it('has no path in two places', () => expect(() => new Place().each('Thing', new Said({ a: 'X | Y', b: 'Y' }), () => undefined)).toThrow('Y stands in two places'));
});

describe('a file of elements', () => {
  it.each([
    ['deep', '<Thing>'.repeat(1) + '<X>'.repeat(39), '40 deep'], ['many', `<Thing><Nm>${'<X/>'.repeat(2_001)}`, 'a Nm has more than 2000 elements'], ['long', `<Thing><n:X>${'x'.repeat(10_001)}</n:X>`, 'X has more than 10000 characters'],
    ['long in pieces', `<Thing><X>${'y'.repeat(9_999)}<Y/>xx</X>`, 'X has more than 10000 characters'],
  ])('that are too %s is not read further, also where nothing is read', (_what, content, why) => expect(() => said(content)).toThrow(why));
  it('is read whatever is outside of what is read', () => expect(said(`${'<X/>'.repeat(3_000)}<Y>${'y'.repeat(20_000)}</Y><Thing/>`)).toEqual([nothing]));
});
