import { realpathSync } from 'node:fs';

/** The two words that start this very program again: node and the bundle. */
export function program(): readonly [node: string, script: string] {
  return [process.execPath, realpathSync(process.argv[1] ?? '')];
}

/**
 * What the keeper of a detached run becomes when its containers have ended. It leaves the next
 * run of that name alone, which may be up by then.
 */
export function farewell(stateDir: string, name: string): readonly string[] {
  return [...program(), '--quiet', '--state-dir', stateDir, 'recover', name];
}
