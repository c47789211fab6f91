// How something is measured: callers that each wait for their answer, repeated in turn with the baseline, and the median of the rounds.
import { execFileSync } from 'node:child_process';

export interface Plan { /** Of one measurement. */ readonly seconds: number; readonly rounds: number }

/** Calls that ended per second, by that many callers at once, each calling again when it was answered. `n` is unique within the run. */
export async function rate(callers: number, seconds: number, call: (n: number) => Promise<unknown>): Promise<number> {
  let n = 0;
  let ended = 0;
  const began = performance.now();
  const until = began + seconds * 1_000;
  await Promise.all(Array.from({ length: callers }, async () => {
    while (performance.now() < until) { await call(n++); ended++; }
  }));
  return ended / ((performance.now() - began) / 1_000);
}

/** Both in turn, so that what else the machine does meets both; the first of each only warms up. The median of each. */
export async function inTurn(rounds: number, ours: () => Promise<number>, baseline: () => Promise<number>): Promise<{ readonly ours: number; readonly baseline: number }> {
  await baseline();
  await ours();
  const measured = { ours: [] as number[], baseline: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    measured.baseline.push(await baseline());
    measured.ours.push(await ours());
  }
  return { ours: quantile(measured.ours, 0.5), baseline: quantile(measured.baseline, 0.5) };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) throw new Error('nothing was measured');
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}

/** Milliseconds of one run. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Resident memory of a process in MiB, as the operating system tells it. */
export const residentMib = (pid: number): number => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim()) / 1_024;
