import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { called } from './called.ts';

/** The two words that start this very program again, by the name it was called: node and the script. */
export function program(): readonly [node: string, script: string] {
  const script = realpathSync(process.argv[1] ?? '');
  return [process.execPath, `${dirname(script)}/${called}.js`];
}

/**
 * What the supervisor of a detached run becomes when its containers have ended. It leaves the next
 * run of that name alone, which may be up by then.
 */
export function successor(stateDir: string, name: string): readonly string[] {
  return [...program(), '--quiet', '--state-dir', stateDir, 'recover', name];
}
