/** The beginning of a text, at most `max` UTF-16 units, and no half of a character that needs two: neither the store nor the wire takes one. */
export function cut(text: string, max: number): string {
  const last = text.charCodeAt(max - 1);
  return text.slice(0, text.length > max && last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}
