import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds. The limit is far beyond what a slow machine needs. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limitMs = 60_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not so within ${limitMs} ms`);
    await sleep(10);
  }
}
