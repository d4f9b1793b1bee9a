import type { Ran } from './sh.ts';

/** Whether a `ctr down` has nothing more to do: what it was to take down is gone, or was not there. */
export function isDown({ code, err }: Pick<Ran, 'code' | 'err'>): boolean {
  return code === 0 || (code === 2 && /there is no run named|"no-such-run"/.test(err));
}
