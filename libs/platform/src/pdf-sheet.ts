// Paper: A4 pages on which text is set line by line, so that any text may go on over the end of a page and every page can have its head and foot.
//
// - The font is embedded and covers Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian and Georgian letters; what it does not have (Chinese, Japanese, Korean) is printed as a box.
// - Text is broken between words, a word that is wider than its place between its letters; what stands at the right is a number and is not broken.
// - Nothing depends on the clock: the day of the document is the day of the file.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';

export const PAGE = { left: 50, right: 545, top: 45, bottom: 800 } as const;
export type Style = 'regular' | 'bold';
export interface Look { readonly size?: number; readonly style?: Style; readonly align?: 'left' | 'right'; readonly grey?: boolean }
/** A column of a row: where it stands, and its text. */
export interface Cell extends Look { readonly x: number; readonly width: number; readonly text: string }

const require = createRequire(import.meta.url);
const faces: Readonly<Record<Style, string>> = { regular: 'DejaVuSansCondensed.ttf', bold: 'DejaVuSansCondensed-Bold.ttf' };
const loaded = new Map<Style, Buffer>();
function face(style: Style): Buffer {
  const font = loaded.get(style) ?? readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${faces[style]}`));
  loaded.set(style, font);
  return font;
}

const SIZE = 8.5;
const leading = (size: number) => size * 1.35;

export class Sheet {
  private readonly pdf: PDFKit.PDFDocument;
  private readonly ended: Promise<Uint8Array>;
  private readonly widths = new Map<string, number>();
  private atPageStart: (() => void) | undefined;
  /** How far down the page is written, and how far it may be: below stands the foot. */
  y: number = PAGE.top;
  bottom: number = PAGE.bottom;

  constructor(about: { readonly title: string; readonly author: string; readonly day: string; readonly language: string }) {
    this.pdf = new PDFDocument({
      size: 'A4', margin: 0, bufferPages: true, pdfVersion: '1.7', lang: about.language, displayTitle: true,
      info: { Title: about.title, Author: about.author, Creator: 'AR platform', Producer: 'AR platform', CreationDate: new Date(`${about.day}T00:00:00Z`) },
    });
    for (const style of ['regular', 'bold'] as const) this.pdf.registerFont(style, face(style));
    const chunks: Uint8Array[] = [];
    this.pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    this.ended = new Promise((resolve, reject) => { this.pdf.once('end', () => resolve(new Uint8Array(Buffer.concat(chunks)))).once('error', reject); });
  }

  /** The lines that a text takes in a width. */
  wrap(text: string, width: number, { size = SIZE, style = 'regular' }: Look = {}): readonly string[] {
    const lines: string[] = [];
    const space = this.widthOf(' ', style, size);
    for (const paragraph of text.replaceAll('\t', ' ').split(/\r?\n/)) {
      let line = '';
      let used = 0;
      const next = () => { lines.push(line); line = ''; used = 0; };
      for (const word of paragraph.split(/ +/)) {
        const wide = this.widthOf(word, style, size);
        if (line !== '' && used + space + wide > width) next();
        if (wide <= width) { used += (line === '' ? 0 : space) + wide; line = line === '' ? word : `${line} ${word}`; continue; }
        for (const letter of word) {
          const more = this.widthOf(letter, style, size);
          if (line !== '' && used + more > width) next();
          line += letter;
          used += more;
        }
      }
      next();
    }
    return lines;
  }

  private widthOf(text: string, style: Style, size: number): number {
    const key = `${style}${size} ${text}`;
    const width = this.widths.get(key) ?? this.pdf.font(style).fontSize(size).widthOfString(text);
    this.widths.set(key, width);
    return width;
  }

  /** One line at a place, as it is. */
  put(text: string, x: number, y: number, width: number, { size = SIZE, style = 'regular', align = 'left', grey = false }: Look = {}): void {
    const from = align === 'right' ? x + width - this.widthOf(text, style, size) : x;
    this.pdf.font(style).fontSize(size).fillColor(grey ? '#555555' : '#000000').text(text, from, y, { lineBreak: false });
  }

  /** A row of cells beside each other, each as many lines as it takes; over the end of the page where it has to. */
  row(cells: readonly Cell[], gap = 3): void {
    const set = cells.map((cell) => (cell.align === 'right' ? { cell: this.fitting(cell), lines: [cell.text] } : { cell, lines: this.wrap(cell.text, cell.width, cell) }));
    const high = Math.max(...cells.map((cell) => leading(cell.size ?? SIZE)));
    const most = Math.max(...set.map(({ lines }) => lines.length));
    for (let i = 0; i < most; i++) {
      this.room(high);
      for (const { cell, lines } of set) if (lines[i]) this.put(lines[i]!, cell.x, this.y, cell.width, cell);
      this.y += high;
    }
    this.y += gap;
  }

  /** A number is never broken: where it is too wide it is set smaller. */
  private fitting(cell: Cell): Cell {
    const { size = SIZE, style = 'regular' } = cell;
    return { ...cell, size: Math.min(size, (size * cell.width) / Math.max(1, this.widthOf(cell.text, style, size))) };
  }

  /** A paragraph over the width of the page. */
  text(text: string, look: Look = {}, gap = 3): void {
    if (text.trim() !== '') this.row([{ x: PAGE.left, width: PAGE.right - PAGE.left, text, ...look }], gap);
  }

  rule(): void {
    this.pdf.moveTo(PAGE.left, this.y).lineTo(PAGE.right, this.y).lineWidth(0.5).strokeColor('#888888').stroke();
    this.y += 4;
  }

  space(height: number): void { this.y += height; }

  /** A new page when less than that is left. */
  room(height: number): void {
    if (this.y + height <= this.bottom) return;
    this.pdf.addPage({ size: 'A4', margin: 0 });
    this.y = PAGE.top;
    this.atPageStart?.();
  }

  /** While `body` runs, every page that it begins opens with `head`, as the first one does. */
  withHead(head: () => void, body: () => void): void {
    head();
    this.atPageStart = head;
    body();
    this.atPageStart = undefined;
  }

  picture(bytes: Uint8Array, x: number, y: number, width: number, height: number): void { this.pdf.image(Buffer.from(bytes), x, y, { fit: [width, height] }); }

  /** Writes on every page once all are there, and closes the file. */
  async end(onEachPage: (page: number, of: number) => void): Promise<Uint8Array> {
    const { count } = this.pdf.bufferedPageRange();
    for (let page = 0; page < count; page++) { this.pdf.switchToPage(page); onEachPage(page + 1, count); }
    this.pdf.end();
    return this.ended;
  }
}

/** Whether the bytes are a picture that can be printed: PNG or JPEG. */
export function isPicture(bytes: Uint8Array): boolean {
  const png = [0x89, 0x50, 0x4e, 0x47].every((byte, i) => bytes[i] === byte);
  const jpeg = [0xff, 0xd8, 0xff].every((byte, i) => bytes[i] === byte);
  if (!png && !jpeg) return false;
  try {
    const pdf = new PDFDocument({ autoFirstPage: true });
    pdf.image(Buffer.from(bytes), 0, 0);
    return true;
  } catch {
    return false; // begins like one and is none
  }
}
