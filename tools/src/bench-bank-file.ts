// One reading of a bank's file in a process of its own, so that its memory is its own: by the XML parser alone, or as an import reads it. Prints MB per second and the most memory it had.
import { createReadStream } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { SaxesParser } from 'saxes';
import { Upload } from '../../services/payments/dist/bank-import.js';

const PIECE = 64 * 1024;

/** Every element and text is told, and nothing is made of it. */
async function xmlAlone(path: string): Promise<number> {
  const xml = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let told = 0;
  xml.on('error', (error) => { throw error; });
  for (const event of ['opentag', 'text', 'closetag'] as const) xml.on(event, () => { told++; });
  for await (const bytes of createReadStream(path, { highWaterMark: PIECE })) xml.write(decoder.decode(bytes as Buffer, { stream: true }));
  xml.close();
  return told;
}

/** All that an import does before it books: the file is proved whole, its sums too, and its lines are handed out. */
async function imported(path: string): Promise<number> {
  const upload = new Upload('camt.053');
  for await (const bytes of createReadStream(path, { highWaterMark: PIECE })) await upload.write(bytes as Buffer);
  const facts = await upload.end();
  if (facts.length !== 1 || facts[0]!.holds.length > 0) throw new Error(`the file does not tie: ${JSON.stringify(facts)}`);
  let lines = 0;
  for await (const read of upload.lines(facts)) lines += read.length;
  if (lines !== facts[0]!.lines) throw new Error(`${lines} of ${facts[0]!.lines} lines were read`);
  return lines;
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const [, , reading, path] = process.argv;
  const began = performance.now();
  const read = reading === 'import' ? await imported(path!) : await xmlAlone(path!);
  process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - began) / 1_000, read, mib: process.resourceUsage().maxRSS / 1_024 })}\n`);
}
