import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { called } from './called.ts';

/** The words that start this program again, under the name it was called by: node and the script. */
export function program(): readonly [node: string, script: string] {
  const script = realpathSync(process.argv[1] ?? '');
  return [process.execPath, `${dirname(script)}/${called}.js`];
}

/**
 * The command that a detached run's supervisor executes when the containers have ended. It does not affect a new run of
 * that name, which may already be up.
 */
export function successor(stateDir: string, name: string): readonly string[] {
  return [...program(), '--quiet', '--state-dir', stateDir, 'recover', name];
}
