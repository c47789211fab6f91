// The official rules of EN 16931 and Peppol for tests, by tools/einvoice-validator: a JDK 17 with jars from Maven Central. Where it is not there, the answer says what is missing.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Finding { readonly level: string; readonly id: string; readonly where: string; readonly text: string }
/** What one set of rules says of one file: how many checks it made, schema and rules, and what they found. */
export interface Verdict { readonly file: string; readonly rules: string; readonly checks: number; readonly findings: readonly Finding[] }

const RUN = fileURLToPath(new URL('../../../tools/einvoice-validator/run.sh', import.meta.url));
const NEEDS = 'the official rules: install a JDK 17 or newer and mvn';
const run = promisify(execFile);

/** What is missing to run the rules; nothing when they can run. */
export async function einvoiceRulesMissing(): Promise<string | undefined> {
  try {
    const { stdout } = await run('javac', ['-version']); // comes with a JDK, not with a runtime
    await run('mvn', ['-v']);
    return Number(/javac (\d+)/.exec(stdout)?.[1] ?? 0) >= 17 ? undefined : NEEDS;
  } catch {
    return NEEDS; // not installed
  }
}

/** The verdicts on XML documents by name: two sets of rules each. */
export async function judge(documents: ReadonlyMap<string, Uint8Array>): Promise<readonly Verdict[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ar-einvoices-'));
  try {
    for (const [name, bytes] of documents) await writeFile(join(folder, `${name}.xml`), bytes);
    const jars = process.env['AR_EINVOICE_JARS'];
    const { stdout } = await run(RUN, [...(jars ? ['--jars', jars] : []), folder], { maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim().split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Verdict);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
