// One process of one service: configuration, store, log, gRPC, admin port; started, and drained in the right order.
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import { status as Code, type Server } from '@grpc/grpc-js';
import { Catch, Inject, Injectable, Module, type BeforeApplicationShutdown, type DynamicModule, type ExceptionFilter, type INestMicroservice, type OnApplicationBootstrap, type OnApplicationShutdown, type Type } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { Transport, type GrpcOptions } from '@nestjs/microservices';
import { HealthImplementation } from 'grpc-health-check';
import type { Logger } from 'pino';
import { throwError, type Observable } from 'rxjs';
import { OperationsServiceService } from '@ar/contracts/gen/ar/ops/v1/operations_service.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { openKafkaLog } from '@ar/event-log/kafka-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import type { Service } from '@ar/runtime/forms.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import type { Tracer } from '@ar/runtime/tracing.js';
import { Api } from './api.js';
import { currentCall } from './call-context.js';
import { readConfig, type Config } from './config.js';
import { apiError, grpcError } from './errors.js';
import { callInterceptor, checkedCodecs, MESSAGE_LIMIT } from './interceptor.js';
import { Pages } from './lists.js';
import { createLogger, nestLogger } from './logger.js';
import { Metrics } from './metrics.js';
import { OperationsGrpc } from './operations.grpc.js';
import { addReflection } from './reflection.js';

type GrpcDefinition = Readonly<Record<string, { readonly path: string; readonly requestDeserialize: (value: Buffer) => unknown }>>;

export interface ServiceProcess {
  /** What the service can do; effects may need the configuration. */
  readonly service: (config: Config) => Service;
  /** The Nest module with the service's controllers. */
  readonly module: Type<unknown>;
  /** ts-proto's definitions of the gRPC services that the controllers serve. */
  readonly grpc: readonly GrpcDefinition[];
  /** Settings that this service cannot do without. */
  readonly needs?: readonly (keyof Config)[];
}

/** Where spans go; stopping sends the last of them. */
export interface Tracing extends Tracer { stop(): Promise<void> }

/** Every error of a handler, as the status the contract promises. */
@Catch()
class EveryError implements ExceptionFilter {
  constructor(private readonly service: string, private readonly logger: Logger, private readonly tracer: Tracer | undefined) {}
  catch(thrown: unknown): Observable<never> {
    const error = apiError(thrown, this.tracer?.current()?.trace ?? currentCall().trace);
    currentCall().reason = error.reason;
    if (error.code === Code.INTERNAL) this.logger.error({ err: thrown }, 'unexpected');
    return throwError(() => grpcError(error, this.service));
  }
}

/** Starts and stops the runtime with Nest's own lifecycle. */
@Injectable()
class RuntimeLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(@Inject(Api) private readonly api: Api) {}
  async onApplicationBootstrap(): Promise<void> { await this.api.runtime.start(); }
  async beforeApplicationShutdown(): Promise<void> { await this.api.runtime.stopWork(); }
  async onApplicationShutdown(): Promise<void> { await this.api.runtime.close(); }
}

@Module({})
class Platform {
  static of(api: Api, logger: Logger, module: Type<unknown>): DynamicModule {
    return {
      module: Platform, global: true, imports: [module], controllers: [OperationsGrpc], exports: [Api],
      providers: [{ provide: Api, useValue: api }, RuntimeLifecycle, { provide: APP_FILTER, useValue: new EveryError(api.service, logger, api.runtime.options.tracer) }],
    };
  }
}

export const openLog = (config: Config, source: string): Promise<EventLog> => (config.AR_LOG === 'kafka'
  ? openKafkaLog({ brokers: config.AR_KAFKA_BROKERS!.split(','), topic: config.AR_KAFKA_TOPIC, clientId: `ar-${source}`, ...(config.AR_LOG_PARTITIONS ? { partitions: config.AR_LOG_PARTITIONS } : {}) })
  : openPostgresLog({ url: config.AR_LOG_DATABASE_URL!, ...(config.AR_LOG_PARTITIONS ? { partitions: config.AR_LOG_PARTITIONS } : {}) }));

/** A service that answers calls; `url` is any address of gRPC. */
export interface Answering {
  readonly api: Api;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly module: Type<unknown>;
  readonly grpc: readonly GrpcDefinition[];
  readonly url: string;
  draining(): boolean;
  onServer?(server: Server): void;
}

/** Operators ask every service the same. */
const withOperations = (grpc: readonly GrpcDefinition[]): readonly GrpcDefinition[] => [...grpc, OperationsServiceService as GrpcDefinition];
const namesOf = (grpc: readonly GrpcDefinition[]): readonly string[] => withOperations(grpc).map((definition) => Object.values(definition)[0]!.path.split('/')[1]!);

/** The controllers of a module behind gRPC, with all that stands between a call and its handler. The runtime starts when it listens, and stops when it is closed. */
export function answering({ api, logger, metrics, module, grpc, url, draining, onServer }: Answering): Promise<INestMicroservice> {
  const names = namesOf(grpc);
  return NestFactory.createMicroservice<GrpcOptions>(Platform.of(api, logger, module), {
    logger: nestLogger(logger), transport: Transport.GRPC,
    options: {
      url, package: names.map((name) => name.slice(0, name.lastIndexOf('.'))).filter((p, i, all) => all.indexOf(p) === i),
      packageDefinition: Object.fromEntries(withOperations(grpc).map((definition, i) => [names[i]!, checkedCodecs(definition)])) as never,
      gracefulShutdown: true, maxReceiveMessageLength: 4 * MESSAGE_LIMIT, maxSendMessageLength: -1,
      channelOptions: { interceptors: [callInterceptor(api.service, logger, metrics, draining)], ...CONNECTION_AGE } as never,
      onLoadPackageDefinition: (_definition: unknown, server: Server) => onServer?.(server),
    },
  });
}

const FORCE_AFTER_MS = 10_000;
const STREAMS_AFTER_MS = 3_000;
const CONNECTION_AGE = { 'grpc.max_connection_age_ms': 300_000, 'grpc.max_connection_age_grace_ms': 30_000 };

/** Runs a service until SIGTERM or SIGINT; resolves when it is ready. */
export async function runService(process_: ServiceProcess, tracing?: Tracing): Promise<void> {
  const config = readConfig(process.env, process_.needs);
  const service = process_.service(config);
  const logger = createLogger(service.name, config.AR_LOG_LEVEL, tracing);
  const metrics = new Metrics(service.name);
  const report = (error: Error, what: string) => {
    metrics.errors.inc({ what });
    logger.warn({ what, err: { type: error.name, message: error.message, stack: error.stack } }, 'background error');
  };
  const cannot = (what: string) => (error: Error): never => { logger.fatal({ err: error }, `cannot ${what}`); process.exit(1); };
  if (config.AR_DATABASE_OWNER_URL) await migrateService(config.AR_DATABASE_OWNER_URL, decodeURIComponent(new URL(config.AR_DATABASE_URL).username)).catch(cannot('bring the database to its present shape'));
  const log = await openLog(config, service.name).catch(cannot('open the event log'));
  const runtime = new ServiceRuntime({
    service, url: config.AR_DATABASE_URL, log, role: config.AR_ROLE, envelope: config.AR_EVENT_ENVELOPE, clock: config.AR_CLOCK, onError: report, tracer: tracing,
    onMoved: ({ events }) => metrics.consumed.inc(events), onPublished: (events) => metrics.published.inc(events),
  });
  metrics.watch(() => runtime);
  const pageKey = config.AR_PAGE_KEY ?? createHash('sha256').update(`pages of ${config.AR_DATABASE_URL}`).digest('hex');
  const secrets = { links: config.AR_PAY_LINK_KEY ?? createHash('sha256').update(`links of ${config.AR_DATABASE_URL}`).digest('hex'), notices: config.AR_PAYMENT_NOTICE_SECRET };
  const api = new Api(runtime, new Pages(pageKey), config.AR_CLOCK === 'simulated', secrets);

  const state = { draining: false, ready: false };
  const listening: { server?: Server } = {};
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  const admin = await startAdmin(config, metrics, () => (state.draining ? ['draining'] : !state.ready ? ['starting'] : runtime.trouble()), log, runtime).catch(cannot(`listen on ${config.AR_HOST}:${config.AR_ADMIN_PORT}`));
  const grpc = config.AR_ROLE === 'worker' ? [] : process_.grpc;
  const names = namesOf(grpc);
  const app = await answering({
    api, logger, metrics, module: process_.module, grpc, url: `${config.AR_HOST}:${config.AR_GRPC_PORT}`, draining: () => state.draining,
    onServer: (server) => { listening.server = server; addReflection(server, [...names, 'grpc.health.v1.Health']); health.addToServer(server); },
  });
  const stop = async (signal: string) => {
    if (state.draining) return;
    state.draining = true;
    logger.info({ signal }, 'draining');
    setTimeout(() => { logger.warn('draining took too long'); process.exit(1); }, FORCE_AFTER_MS).unref();
    for (const name of ['', ...names]) health.setStatus(name, 'NOT_SERVING');
    while (runtime.commands.waiting > 0) await new Promise((resolve) => { setTimeout(resolve, 10); });
    setTimeout(() => listening.server?.forceShutdown(), STREAMS_AFTER_MS).unref(); // one open Health.Watch would keep the server for ever
    await app.close();
    admin.close();
    await log.close();
    await tracing?.stop().catch((error: Error) => logger.warn({ err: error }, 'the last spans were not exported'));
    logger.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  await app.listen().catch(cannot(`listen on ${config.AR_HOST}:${config.AR_GRPC_PORT}`));
  state.ready = true;
  for (const name of ['', ...names]) health.setStatus(name, 'SERVING');
  logger.info({ grpc: `${config.AR_HOST}:${config.AR_GRPC_PORT}`, admin: `${config.AR_HOST}:${config.AR_ADMIN_PORT}`, role: config.AR_ROLE }, 'ready');
}

/** /healthz: the process lives; /readyz: it does its work; /metrics. */
async function startAdmin(config: Config, metrics: Metrics, trouble: () => readonly string[], log: EventLog, runtime: ServiceRuntime): Promise<HttpServer> {
  const server = createServer((request, response) => {
    const send = (code: number, body: string, type = 'text/plain; charset=utf-8') => { response.writeHead(code, { 'content-type': type }).end(body); };
    void (async () => {
      switch (request.url) {
        case '/healthz': return send(200, 'ok\n');
        case '/readyz': {
          const wrong = [...trouble()];
          await runtime.pool.query<{ alarm: string | null }>('select alarm from es.relay').then(({ rows: [row] }) => { if (row?.alarm && wrong.length === 0) wrong.push(`store: ${row.alarm}`); }, (e: Error) => wrong.push(`store: ${e.message}`));
          if (!await log.healthy().catch(() => false)) wrong.push('log: does not answer');
          return wrong.length === 0 ? send(200, 'ready\n') : send(503, `${wrong.join('\n')}\n`);
        }
        case '/metrics': return send(200, await metrics.registry.metrics(), metrics.registry.contentType);
        default: return send(404, 'there are /healthz, /readyz and /metrics\n');
      }
    })().catch((error: Error) => send(500, `${error.message}\n`));
  });
  await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(config.AR_ADMIN_PORT, config.AR_HOST, resolve); });
  return server;
}
