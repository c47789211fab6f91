// Traces by OpenTelemetry. This is the only file that knows it, and it is loaded only where OTEL_EXPORTER_OTLP_ENDPOINT is set.
//
// - Calls and SQL statements are told by OpenTelemetry's own instrumentation. Statements outside of a call, an event or an effect are not: relay and consumer look for news many times a second.
// - Sending and reading events is told here, the same for every log: the instrumentation of kafkajs begins a trace for each message and writes it over the one that the event belongs to.
import { createRequire } from 'node:module';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { Doing, Tracer } from '@ar/runtime/tracing.js';

const KINDS = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER, client: SpanKind.CLIENT } as const;

/** What continues the span of a context elsewhere. */
function traceparentOf(of: ReturnType<typeof context.active>): string {
  const at = trace.getSpanContext(of)!;
  return `00-${at.traceId}-${at.spanId}-${at.traceFlags.toString(16).padStart(2, '0')}`;
}

/** Starts the SDK as its OTEL_* variables say. */
export function startTracing(service: string): Tracer & { stop(): Promise<void> } {
  const sdk = new NodeSDK({
    serviceName: process.env['OTEL_SERVICE_NAME'] || `ar-${service}`, metricReaders: [], logRecordProcessors: [],
    instrumentations: [new GrpcInstrumentation({ ignoreGrpcMethods: ['Check', 'Watch', 'ServerReflectionInfo'] }), new PgInstrumentation({ requireParentSpan: true })],
  });
  sdk.start();
  const require = createRequire(import.meta.url);
  for (const instrumented of ['@grpc/grpc-js', 'pg']) require(instrumented); // loaded this way first, they are changed for whoever imports them later
  const tracer = trace.getTracer('ar');

  return {
    current() {
      const at = trace.getActiveSpan()?.spanContext();
      return at && { trace: at.traceId, span: at.spanId, traceparent: traceparentOf(context.active()) };
    },
    async during<T>(doing: readonly Doing[], work: (traceparents: readonly string[]) => Promise<T>): Promise<T> {
      const contexts = doing.map(({ name, kind, parent, attributes }) => {
        const above = parent ? propagation.extract(ROOT_CONTEXT, { traceparent: parent }) : ROOT_CONTEXT;
        return trace.setSpan(above, tracer.startSpan(name, { kind: KINDS[kind], attributes }, above));
      });
      const spans = contexts.map((c) => trace.getSpan(c)!);
      try {
        return await context.with(contexts[0] ?? ROOT_CONTEXT, () => work(contexts.map(traceparentOf)));
      } catch (error) {
        for (const span of spans) span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).name });
        throw error;
      } finally {
        for (const span of spans) span.end();
      }
    },
    stop: () => sdk.shutdown(),
  };
}
