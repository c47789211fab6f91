import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ServiceRuntime } from '@ar/runtime/service-runtime.js';

/** What Prometheus reads from a service. */
export class Metrics {
  readonly registry = new Registry();
  readonly calls = new Histogram({ name: 'ar_grpc_call_seconds', help: 'Duration of calls by method and reason (OK when answered)', labelNames: ['method', 'reason'], buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30], registers: [this.registry] });
  readonly published = new Counter({ name: 'ar_events_published_total', help: 'Events sent to the log', registers: [this.registry] });
  readonly consumed = new Counter({ name: 'ar_events_consumed_total', help: 'Records read from the log', registers: [this.registry] });
  readonly errors = new Counter({ name: 'ar_background_errors_total', help: 'Errors of the relay, the consumer, effects and the clock', labelNames: ['what'], registers: [this.registry] });

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
  }

  /** Gauges that are read from the store when they are asked for. */
  watch(runtime: () => ServiceRuntime | undefined): void {
    const registers = [this.registry];
    const unpublished = new Gauge({ name: 'ar_store_unpublished_seconds', help: 'Age of the oldest event that is not in the log', registers });
    const unpublishedEvents = new Gauge({ name: 'ar_store_unpublished_events', help: 'Events that are not in the log', registers });
    const published = new Gauge({ name: 'ar_store_published', help: 'Sequence up to which everything is in the log', registers });
    const lag = new Gauge({ name: 'ar_consumer_lag_events', help: 'Records of the log that are not read yet', labelNames: ['partition'], registers });
    const lagSeconds = new Gauge({ name: 'ar_consumer_lag_seconds', help: 'Age of the oldest record of the log that is not read yet', labelNames: ['partition'], registers });
    const stopped = new Gauge({ name: 'ar_partitions_stopped', help: 'Partitions that this process reads and that stand still until someone looks', registers });
    const parked = new Gauge({ name: 'ar_keys_parked', help: 'Customers whose events wait because one of them cannot be read', registers });
    const effects = new Gauge({ name: 'ar_effects_pending', help: 'Effects without an outcome', registers });
    const unknown = new Gauge({ name: 'ar_effects_unknown', help: 'Effects whose outcome nobody knows: a person may have them repeated', registers });
    const waiting = new Gauge({ name: 'ar_commands_waiting', help: 'Commands that wait or are being decided', registers });
    new Gauge({
      name: 'ar_store_head', help: 'Sequence of the last event', registers,
      async collect() {
        const at = runtime();
        if (!at) return;
        waiting.set(at.commands.waiting);
        stopped.set(at.stopped.size);
        const progress = await at.progress().catch(() => undefined); // a store that is down shows in readiness; the other metrics are still worth reading
        if (!progress) return;
        this.set(progress.head);
        published.set(progress.published);
        unpublished.set(progress.unpublishedSeconds);
        unpublishedEvents.set(progress.head - progress.published);
        unknown.set(progress.effectsUnknown);
        parked.set(progress.keysParked);
        effects.set(progress.effectsPending);
        for (const { partition, events, seconds } of progress.lags) { lag.set({ partition }, events); lagSeconds.set({ partition }, seconds); }
      },
    });
  }
}
