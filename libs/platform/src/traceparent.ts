// W3C Trace Context, level 1: `00-<trace>-<span>-<flags>` in lower-case hex. Anything else names no trace and is left alone.
const FORM = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace that a traceparent names. */
export const traceOf = (traceparent: string | undefined): string | undefined => FORM.exec(traceparent ?? '')?.[1];
