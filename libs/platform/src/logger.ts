// Structured logs, each line with the call and the span it belongs to. Amounts, names and addresses are not logged.
import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import type { Tracer } from '@ar/runtime/tracing.js';
import { calls } from './call-context.js';

export function createLogger(service: string, level: string, tracer?: Tracer): Logger {
  return pino({
    level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => {
      const call = calls.getStore();
      const at = tracer?.current();
      const where = at ? { trace: at.trace, span: at.span } : call ? { trace: call.trace } : {};
      return call ? { method: call.method, ...where, ...(call.tenant ? { tenant: call.tenant } : {}), ...(call.requestId ? { requestId: call.requestId } : {}) } : where;
    },
  });
}

/** What Nest says about itself, at debug unless it is a problem. */
export const nestLogger = (logger: Logger): LoggerService => ({
  log: (message: unknown) => logger.debug(String(message)),
  debug: (message: unknown) => logger.trace(String(message)),
  verbose: (message: unknown) => logger.trace(String(message)),
  warn: (message: unknown) => logger.warn(String(message)),
  error: (message: unknown) => logger.error(String(message)),
  fatal: (message: unknown) => logger.fatal(String(message)),
});
