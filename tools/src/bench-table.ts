// What a measurement says: ours, the named baseline of the same run, their ratio, and the goal.

/** `better` tells which way is up: of rates the ratio to the baseline must reach the goal, of times the goal is the most that is allowed. A goal of null: told, not asked for. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly ours: number;
  readonly baseline: number | null;
  /** What the baseline is, in words; of a row without one, what was measured. */
  readonly against: string;
  readonly goal: number | null;
}
export interface Memory { readonly process: string; readonly atRestMib: number; readonly underLoadMib: number }

export const ratioOf = ({ ours, baseline }: Row): number | null => (baseline === null || baseline === 0 ? null : ours / baseline);

/** Null when nothing is asked for. */
export function reached(row: Row): boolean | null {
  if (row.goal === null) return null;
  if (row.better === 'lower') return row.ours <= row.goal;
  const ratio = ratioOf(row);
  return ratio !== null && ratio >= row.goal;
}

/** The same figures for programs. */
export const toJson = (rows: readonly Row[], memory: readonly Memory[]) => ({
  rows: rows.map((row) => ({ name: row.name, unit: row.unit, ours: rounded(row.ours), baseline: row.baseline === null ? null : rounded(row.baseline), ratio: ratioOf(row) === null ? null : rounded(ratioOf(row)!), goal: row.goal, against: row.against, reached: reached(row) })),
  memory: memory.map((m) => ({ process: m.process, at_rest_mib: Math.round(m.atRestMib), under_load_mib: Math.round(m.underLoadMib) })),
});

/** Cells of the table, the head first. */
export const tableOf = (rows: readonly Row[]): readonly (readonly string[])[] => [
  ['row', 'unit', 'ours', 'baseline', 'ratio', 'goal', 'reached', 'measured against'],
  ...rows.map((row) => [row.name, row.unit, figure(row.ours), row.baseline === null ? '–' : figure(row.baseline), ratioOf(row)?.toFixed(2) ?? '–', goalOf(row), { true: 'yes', false: 'no', null: '' }[String(reached(row)) as 'true'], row.against]),
];

const goalOf = ({ goal, better, unit }: Row): string => (goal === null ? '–' : better === 'lower' ? `≤ ${figure(goal)} ${unit}` : `≥ ${goal.toFixed(1)}`);
const rounded = (n: number): number => Number(n.toPrecision(4));
const figure = (n: number): string => (n >= 100 ? Math.round(n).toLocaleString('en') : n >= 10 ? n.toFixed(1) : n.toFixed(2));
