import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/** Exit code by container; 128 and the signal's number where a signal ended it. */
export type ExitCodes = ReadonlyMap<string, number>;

/**
 * How a detached run ended by itself: all that is kept of it, in memory as the state directory
 * is, until its name is used again, taken down or collected (docs/decisions/0014).
 */
export interface EndedRun {
  /** Unix time in milliseconds. */
  readonly at: number;
  readonly exitCodes: ExitCodes;
}

const keptMs = 3_600_000;
const keptRuns = 64;

// The dot keeps it out of the names a run may have.
const folderOf = (stateDir: string) => `${stateDir}/.ended`;

/** Lines of a container's name and its exit code. */
export function parseExitCodes(text: string): ExitCodes {
  return new Map(
    [...text.matchAll(/^([a-z][a-z0-9-]*) (\d{1,3})$/gm)].map(([, name = '', code]) => [
      name,
      Number(code),
    ]),
  );
}

function entries(stateDir: string): readonly { readonly name: string; readonly at: number }[] {
  const folder = folderOf(stateDir);
  try {
    return readdirSync(folder).map((name) => ({ name, at: statSync(`${folder}/${name}`).mtimeMs }));
  } catch {
    return [];
  }
}

export function rememberEnd(stateDir: string, name: string, exitCodes: ExitCodes): void {
  const folder = folderOf(stateDir);
  const old = entries(stateDir)
    .toSorted((one, other) => other.at - one.at)
    .filter(({ at }, index) => index >= keptRuns - 1 || Date.now() - at > keptMs);
  try {
    for (const one of old) rmSync(`${folder}/${one.name}`, { force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lines = [...exitCodes].map(([container, code]) => `${container} ${code}\n`);
    writeFileSync(`${folder}/${name}`, lines.join(''), { mode: 0o600 });
  } catch {
    // It is a courtesy: a full disk does not stand in the way of taking a run back.
  }
}

export function endOf(stateDir: string, name: string): EndedRun | undefined {
  const found = entries(stateDir).find((one) => one.name === name);
  if (found === undefined || Date.now() - found.at > keptMs) return undefined;
  try {
    const text = readFileSync(`${folderOf(stateDir)}/${name}`, 'utf8');
    return { at: found.at, exitCodes: parseExitCodes(text) };
  } catch {
    return undefined;
  }
}

/** Of one name, or of all. @returns whether there was anything to forget. */
export function forgetEnd(stateDir: string, name?: string): boolean {
  const found = entries(stateDir).filter((one) => name === undefined || one.name === name);
  for (const one of found) rmSync(`${folderOf(stateDir)}/${one.name}`, { force: true });
  try {
    rmdirSync(folderOf(stateDir));
  } catch {
    // Others are kept there, or there is none.
  }
  return found.length > 0;
}
