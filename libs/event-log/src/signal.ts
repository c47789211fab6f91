/** Lets one loop sleep until there is something to do. A wake that comes before the wait counts. */
export interface Signal { wake(): void; wait(atMostMs: number): Promise<void> }

export function signal(): Signal {
  let woken = false;
  let rouse: (() => void) | undefined;
  return {
    wake() {
      woken = true;
      rouse?.();
    },
    async wait(atMostMs) {
      if (!woken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, atMostMs);
          rouse = () => { clearTimeout(timer); resolve(); };
        });
      }
      rouse = undefined;
      woken = false;
    },
  };
}

/** Sleeps; cut short when the signal aborts. */
export function rest(ms: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (until.aborted) return resolve();
    const done = () => { clearTimeout(timer); until.removeEventListener('abort', done); resolve(); };
    const timer = setTimeout(done, ms);
    until.addEventListener('abort', done, { once: true });
  });
}
