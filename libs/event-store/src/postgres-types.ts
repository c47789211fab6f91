import pg from 'pg';

/** Days stay text, instants become RFC 3339 UTC with microseconds, bigint a safe integer; nothing becomes a Date. */
export const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    switch (oid) {
      case pg.types.builtins.INT8: return safeInteger;
      case pg.types.builtins.DATE: return (text: string) => text;
      case pg.types.builtins.TIMESTAMPTZ: return instant;
    }
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the safe integers`);
  return value;
}

/** `2026-11-22 00:27:13.5+00`, as a session in UTC writes it, to `2026-11-22T00:27:13.500000Z`. */
function instant(text: string): string {
  const [, date, time, fraction = ''] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text) ?? [];
  return date ? `${date}T${time}.${fraction.padEnd(6, '0')}Z` : text; // 'infinity' stays as it is
}
