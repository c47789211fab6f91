// `npm test`: everything, in the order in which it is quick to fail. Ends with one line, summed over all suites.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@ar/testing/postgres.js';

const HELP = `npm test -- [options] [PATH …]

  PATH …       only the suites whose path has one of these in it, as "npm test -- payments" or "npm test -- invoice.spec"; without them everything that CI runs
  --help       this

  CI=true             what needs Kafka or the rules of electronic invoices fails where they are not, instead of being named as not run
  AR_TEST_KAFKA       brokers that are there already, host:port
`;

function paths(): readonly string[] {
  try {
    const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: true });
    if (values.help) { process.stdout.write(HELP); process.exit(0); }
    return positionals;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    process.exit(64);
  }
}

const only = paths();
const NX = 'node_modules/nx/dist/bin/nx.js';
const root = fileURLToPath(new URL('../..', import.meta.url));
const results = mkdtempSync(join(tmpdir(), 'ar-test-'));
const sum = { passed: 0, failed: 0 };
const skipped: string[] = [];

/** Not spawnSync: this process is the one that reads what Postgres logs, and a server whose log nobody reads stands still at its next error. */
async function run(what: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const began = Date.now();
  console.log(`\n— ${what}`);
  const [status] = await once(spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } }), 'exit') as [number | null];
  console.log(`— ${what}: ${status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - began) / 1_000).toFixed(0)} s`);
  return status === 0;
}

async function check(what: string, ...args: string[]): Promise<void> { if (await run(what, args)) sum.passed++; else sum.failed++; }

interface JestReport { readonly numPassedTests: number; readonly numFailedTests: number; readonly numPendingTests: number; readonly numFailedTestSuites: number; readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[] }[] }

async function jest(what: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const file = join(results, `${what.replaceAll(/\W+/g, '-')}.json`);
  const passed = await run(what, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning', 'node_modules/jest/bin/jest.js', '--json', `--outputFile=${file}`, '--silent=false', ...args], env);
  if (!existsSync(file)) { sum.failed++; return; }
  const report = JSON.parse(readFileSync(file, 'utf8')) as JestReport;
  const broken = passed || report.numFailedTests > 0 ? 0 : Math.max(1, report.numFailedTestSuites);
  sum.passed += report.numPassedTests;
  sum.failed += report.numFailedTests + broken;
  for (const suite of report.testResults) for (const test of suite.assertionResults) if (test.status === 'pending') skipped.push(test.fullName);
}

if (only.length === 0) {
  await check('lint and boundaries', NX, 'run-many', '-t', 'lint', '--output-style=static');
  await check('types of the tests', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.spec.json');
  await check('built modules load', 'tools/lint/load-built.mjs');
  await jest('unit, property and contract tests', ['--testPathIgnorePatterns', '\\.int\\.spec\\.ts$']);
}
const postgres = await startPostgres();
try {
  const env = { AR_TEST_POSTGRES: await postgres.database() };
  if (only.length === 0) await jest('integration and end to end', ['--testPathPatterns', '\\.int\\.spec\\.ts$', '--maxWorkers=2'], env);
  else await jest(`suites of ${only.join(', ')}`, ['--maxWorkers=2', ...only], env);
} finally {
  await postgres.stop();
}
if (skipped.length > 0) console.log(`\nnot run here:\n${[...new Set(skipped)].map((name) => `  ${name}`).join('\n')}`);
console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1);
