import type { Ran } from './sh.ts';

/** Whether a `ctr down` is done: the run was torn down, or did not exist. */
export function isDown({ code, err }: Pick<Ran, 'code' | 'err'>): boolean {
  return code === 0 || (code === 2 && /there is no run named|"no-such-run"/.test(err));
}
