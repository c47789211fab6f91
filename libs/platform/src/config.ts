// What a service is told by its environment. All of it is checked at start: one table of what is wrong, exit code 78 (EX_CONFIG).
import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);
const schema = z.object({
  AR_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe('database of the service, as the role it runs with'),
  AR_DATABASE_OWNER_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional().describe('the same database as its owner: brings it to the present shape at start; absent: someone else does'),
  AR_LOG: z.enum(['postgres', 'kafka']).default('postgres').describe('adapter of the event log'),
  AR_LOG_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional().describe('database of the log, for AR_LOG=postgres'),
  AR_KAFKA_BROKERS: z.string().regex(/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/, 'must be host:port,host:port').optional().describe('brokers, for AR_LOG=kafka'),
  AR_KAFKA_TOPIC: z.string().min(1).default('ar.events.v1').describe('topic of the log'),
  AR_LOG_PARTITIONS: z.coerce.number().int().min(1).max(1_000).optional().describe('partitions of the log when it is first made; 12 on kafka, 1 on postgres'),
  AR_EVENT_ENVELOPE: z.enum(['binary', 'structured']).default('binary').describe('where the attributes of events travel'),
  AR_ROLE: z.enum(['api', 'worker', 'all']).default('all').describe('answers calls, works on the log, or both'),
  AR_CLOCK: z.enum(['system', 'simulated']).default('system').describe('who opens business days: midnight, or OpenBusinessDay'),
  AR_HOST: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  AR_GRPC_PORT: port.describe('port of the gRPC API'),
  AR_ADMIN_PORT: port.describe('port of /healthz, /readyz and /metrics'),
  AR_PAGE_KEY: z.string().min(16).optional().describe('key that page tokens are signed with, the same on all replicas; absent: derived from the database url'),
  AR_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional().describe('mail server, for documents and reminders'),
  AR_PAYMENT_PROVIDER: z.enum(['manual', 'sandbox']).default('manual').describe('who pays refunds and collects direct debits: persons, who tell, or the sandbox, which moves no money'),
  AR_PAY_LINK_KEY: z.string().min(16).optional().describe('key that pay links are signed with, the same on all replicas and for as long as links hold; absent: derived from the database url'),
  AR_PAYMENT_NOTICE_SECRET: z.string().min(16).optional().describe('what the payment provider signs its notices with; absent: none are accepted'),
  AR_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info').describe('what is logged'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional().describe('where traces are sent, OTLP; absent: nothing of OpenTelemetry is loaded. All OTEL_* settings of its SDK hold'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(['http/protobuf', 'http/json', 'grpc']).optional().describe('how, http/protobuf unless told'),
  OTEL_SERVICE_NAME: z.string().min(1).max(100).optional().describe('the name in traces, ar-<service> unless told'),
  OTEL_TRACES_SAMPLER: z.enum(['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio']).optional().describe('which traces are recorded, parentbased_always_on unless told'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).optional().describe('the share, for the samplers by ratio'),
  NODE_ENV: z.string().optional(),
}).superRefine((c, on) => {
  const need = (field: string, why: string) => on.addIssue({ code: 'custom', path: [field], message: why });
  if (c.AR_LOG === 'postgres' && !c.AR_LOG_DATABASE_URL) need('AR_LOG_DATABASE_URL', 'is needed with AR_LOG=postgres');
  if (c.AR_LOG === 'kafka' && !c.AR_KAFKA_BROKERS) need('AR_KAFKA_BROKERS', 'is needed with AR_LOG=kafka');
  if (c.OTEL_TRACES_SAMPLER?.endsWith('traceidratio') && c.OTEL_TRACES_SAMPLER_ARG === undefined) need('OTEL_TRACES_SAMPLER_ARG', `is needed with OTEL_TRACES_SAMPLER=${c.OTEL_TRACES_SAMPLER}`);
  if (c.AR_PAYMENT_PROVIDER === 'sandbox' && c.NODE_ENV === 'production') need('AR_PAYMENT_PROVIDER', 'must not be sandbox with NODE_ENV=production');
  if (c.AR_CLOCK === 'simulated' && c.NODE_ENV === 'production') need('AR_CLOCK', 'must not be simulated with NODE_ENV=production');
});

export type Config = z.infer<typeof schema>;

/** What the environment must hold: name and meaning, for help texts and READMEs. */
export const settings = (): readonly { readonly name: string; readonly meaning: string }[] =>
  Object.entries(schema.shape).map(([name, s]) => ({ name, meaning: (s as z.ZodType).description ?? '' })).filter((s) => s.meaning !== '');

/** Reads the environment; when something is wrong, prints one table of it and ends the process with 78. */
export function readConfig(environment: NodeJS.ProcessEnv, needs: readonly (keyof Config)[] = []): Config {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(environment).filter(([, v]) => v !== '')));
  const wrong = parsed.success ? needs.filter((n) => parsed.data[n] === undefined).map((n) => [n, 'is needed by this service'] as const)
    : parsed.error.issues.map((i) => [String(i.path[0] ?? ''), !environment[String(i.path[0])] ? i.message.includes('needed') ? i.message : 'is not set' : i.message] as const);
  if (parsed.success && wrong.length === 0) return parsed.data;
  process.stderr.write(problemTable(wrong));
  process.exit(78);
}

/** Two columns, as they are printed. */
export function problemTable(wrong: readonly (readonly [name: string, what: string])[]): string {
  const width = Math.max(...wrong.map(([name]) => name.length));
  return `the configuration is wrong:\n${wrong.map(([name, what]) => `  ${name.padEnd(width)}  ${what}\n`).join('')}`;
}
