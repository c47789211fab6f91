// `npm run bench`: how fast, as ratios to named baselines measured in the same run on the same machine. It tells, and fails on no figure.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { startPostgres } from '@ar/testing/postgres.js';
import { benchBank } from './bench-bank.js';
import { benchInstallation, INSTALLATION_ROWS } from './bench-installation.js';
import { benchInvoicing, INVOICING_ROWS } from './bench-invoicing.js';
import { benchStore } from './bench-store.js';
import { benchPayments, PAYMENTS_ROWS } from './bench-payments.js';
import { tableOf, toJson, type Memory, type Row } from './bench-table.js';
import { benchIssue, benchUnary } from './bench-unary.js';
import { CannotStart } from './installation.js';

const STORE_ROWS = ['append-vs-insert', 'hot-account', 'batch-vs-unnest'];
const ALL = ['unary-command', 'issue-unary', ...STORE_ROWS, ...INVOICING_ROWS, ...PAYMENTS_ROWS, 'bank-100mb', ...INSTALLATION_ROWS];

const HELP = `npm run bench -- [options]

  --rows a,b       only these: ${ALL.join(', ')}
  --seconds N      of each measurement (3); each is made three times, in turn with its baseline, after one that warms up
  --log postgres   the event log on Postgres; without it on Kafka, started here where Java and mvn are there
  --port-base N    first of the hundred ports that the installation uses (7600)
  --json OUT       writes the figures
`;

function options() {
  try {
    const { values } = parseArgs({ options: { rows: { type: 'string' }, seconds: { type: 'string' }, log: { type: 'string' }, 'port-base': { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean' } } });
    if (values.help) { process.stdout.write(HELP); process.exit(0); }
    const rows = values.rows?.split(',') ?? ALL;
    const unknown = rows.filter((r) => !ALL.includes(r));
    if (unknown.length > 0) throw new Error(`there is no row ${unknown.join(', ')}`);
    const [seconds, portBase] = [Number(values.seconds ?? 3), Number(values['port-base'] ?? 7600)];
    if (!(seconds > 0 && seconds <= 600)) throw new Error('--seconds must be a number up to 600');
    if (!Number.isInteger(portBase) || portBase < 1_024 || portBase > 65_400) throw new Error('--port-base must be a number from 1024 to 65400');
    if (values.log !== undefined && values.log !== 'postgres') throw new Error('--log can only be postgres');
    return { rows, seconds, portBase, json: values.json, kafka: values.log === undefined && hasKafka() };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    process.exit(64);
  }
}

const hasKafka = (): boolean => ['java', 'mvn'].every((program) => spawnSync(program, ['-version'], { stdio: 'ignore' }).status === 0);

function print(rows: readonly Row[], memory: readonly Memory[]): void {
  const [head, ...cells] = tableOf(rows);
  const table = new Table({ head: [...head!], style: { head: [], border: [] }, colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left', 'left'], colWidths: [null, null, null, null, null, null, null, 60], wordWrap: true });
  table.push(...cells.map((c) => [...c]));
  process.stdout.write(`${table.toString()}\n`);
  if (memory.length === 0) return;
  const held = new Table({ head: ['resident memory', 'at rest', 'under load'], style: { head: [], border: [] }, colAligns: ['left', 'right', 'right'] });
  held.push(...memory.map((m) => [m.process, `${m.atRestMib.toFixed(0)} MiB`, `${m.underLoadMib.toFixed(0)} MiB`]));
  process.stdout.write(`${held.toString()}\n`);
}

async function main(): Promise<void> {
  const given = options();
  const wanted = (row: string) => given.rows.includes(row);
  const plan = { seconds: given.seconds, rounds: 3 };
  const say = (text: string) => process.stderr.write(`${text} …\n`);
  const rows: Row[] = [];
  const memory: Memory[] = [];
  if (['unary-command', 'issue-unary', ...STORE_ROWS, ...INVOICING_ROWS, ...PAYMENTS_ROWS].some(wanted)) {
    const postgres = await startPostgres();
    try {
      if (wanted('unary-command')) {
        say('commands through gRPC');
        const measured = await benchUnary(postgres, plan);
        rows.push(...measured.rows);
        memory.push(...measured.memory);
      }
      if (wanted('issue-unary')) {
        say('invoices through gRPC');
        rows.push(...await benchIssue(postgres, plan));
      }
      if (INVOICING_ROWS.some(wanted)) {
        say('issuing');
        rows.push(...await benchInvoicing(postgres, plan, wanted));
      }
      if (PAYMENTS_ROWS.some(wanted)) {
        say('applying');
        rows.push(...await benchPayments(postgres, plan, wanted));
      }
      if (STORE_ROWS.some(wanted)) {
        say('the store');
        rows.push(...await benchStore(postgres, plan, wanted));
      }
    } finally { await postgres.stop(); }
  }
  if (wanted('bank-100mb')) {
    say('a bank file');
    const measured = await benchBank(plan);
    rows.push(...measured.rows);
    memory.push(...measured.memory);
  }
  if (INSTALLATION_ROWS.some(wanted)) {
    const measured = await benchInstallation({ ...plan, portBase: given.portBase, kafka: given.kafka, say }, wanted);
    rows.push(...measured.rows);
    memory.push(...measured.memory);
  }
  print(rows, memory);
  if (given.json) writeFileSync(given.json, `${JSON.stringify(toJson(rows, memory), null, 2)}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
