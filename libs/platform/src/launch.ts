// The first thing a service does. Tracing changes the modules it looks into as they are loaded: so it starts before them, and they are loaded here.
import type { ServiceProcess } from './server.js';

/** Starts a service: `load` imports the module that says what it is made of. Resolves when it is ready. */
export async function launch(name: string, load: () => Promise<{ readonly process: ServiceProcess }>): Promise<void> {
  const endpoint = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const tracing = endpoint && URL.canParse(endpoint) ? (await import('./tracing.js')).startTracing(name) : undefined; // a wrong address is told with everything else that is wrong
  const { runService } = await import('./server.js');
  await runService((await load()).process, tracing);
}
