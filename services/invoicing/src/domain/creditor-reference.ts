/** The structured creditor reference of ISO 11649 for a document number: `RF`, two check digits (ISO 7064 mod 97-10), the number's letters and digits, at most 21 of them. `INV2025000123` → `RF51INV2025000123`. */
export function creditorReference(number: string): string {
  const body = number.toUpperCase().replace(/[^A-Z0-9]/g, '').slice(-21);
  const digits = `${body}RF00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return `RF${String(98n - BigInt(digits) % 97n).padStart(2, '0')}${body}`;
}
