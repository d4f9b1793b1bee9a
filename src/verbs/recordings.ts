import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { program } from '../exec/program.ts';
import type { Voice } from '../run/context.ts';

/** How many recordings are kept of those that ctr makes without being asked. */
const keptRecordings = 10;
const extension = '.ctr.ndjson';

/** Where ctr keeps its own recordings (XDG Base Directory Specification). */
export function recordingsDirectory({ environment }: Pick<Voice, 'environment'>): string {
  const { XDG_STATE_HOME: state } = environment;
  const base = state?.startsWith('/') === true ? state : join(homedir(), '.local', 'state');
  return join(base, 'ctr', 'recordings');
}

/** Our recordings by name, the oldest first: a name begins with the time. */
export function ownRecordings(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => /^\d{8}-\d{9}-/.test(name) && name.endsWith(extension))
    .sort();
}

/**
 * A path for a recording that nobody has asked for; of older ones the last few are kept.
 * @returns undefined where there is no place for it: that is no reason not to run.
 */
export function ownRecordingPath(voice: Voice, name: string, now: Date): string | undefined {
  const directory = recordingsDirectory(voice);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const old of ownRecordings(directory).slice(0, -(keptRecordings - 1))) {
      rmSync(join(directory, old));
    }
  } catch {
    return undefined;
  }
  const [, day = '', time = ''] = /^(.*)T(.*)Z$/.exec(now.toISOString()) ?? [];
  const stamp = `${day.replaceAll('-', '')}-${time.replaceAll(/[:.]/g, '')}`;
  return join(directory, `${stamp}-${name}${extension}`);
}

/** The recording of the tutorial that comes with the package. */
export function packagedRecording(): string {
  const [, script] = program();
  return join(dirname(script), '..', 'examples', `tutorial${extension}`);
}
