import { createHash } from 'node:crypto';

/** An id that follows from its parts: the same parts give the same id on every replay. `derivedId('cas', eventId)` → `cas_4f…`, 32 hex digits. */
export function derivedId(prefix: string, ...parts: readonly string[]): string {
  return `${prefix}_${createHash('sha256').update(parts.join('\u001f')).digest('hex').slice(0, 32)}`;
}
