import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execa } from 'execa';
import { neededTools } from '../src/facts/needed-tools.ts';
import { findTool } from '../src/facts/tools.ts';
import { startCtr } from './ctr.ts';

/** What a shim does at the selected call; see rig/shim.sh. */
export const modes = [
  'fail-before',
  'fail-after',
  'hang-before',
  'hang-after',
  'die',
  'rubbish',
  'noise',
  'kill-before',
  'kill-after',
  'kill-late',
  'INT-before',
  'INT-after',
  'TERM-before',
  'TERM-after',
  'HUP-before',
  'HUP-after',
] as const;
export type Mode = (typeof modes)[number];

/** Selects the calls that fail, in the variables of rig/shim.sh. */
export interface Meant {
  readonly want: string;
  readonly nth: number | 'every' | 'from';
  readonly mode: Mode;
}

/** The first directory of ctr's PATH; the real programs stay where they are. */
const shimDirectory = '/usr/local/sbin';
export const faultDirectory = '/run/faults';

/**
 * Installs the shims in this mount namespace only.
 * @param spared programs that are not replaced: `ctr exec` lends setpriv to a container, so it must be real.
 * @param more programs that only some configs need.
 */
export async function installShims(
  spared: readonly string[] = ['setpriv'],
  more: readonly string[] = [],
): Promise<void> {
  const optional = ['conntrack', 'ss'].filter((name) => findTool(name) !== null);
  const shimmed = [...neededTools, ...optional, ...more].filter((name) => !spared.includes(name));
  const cover = (path: string) => execa('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', path]);
  await cover(shimDirectory);
  // If a shim only pretends to mount, the next command writes here.
  await cover('/mnt');
  mkdirSync(faultDirectory);
  writeFileSync(`${shimDirectory}/shim`, readFileSync('rig/shim.sh'));
  chmodSync(`${shimDirectory}/shim`, 0o755);
  for (const name of new Set(shimmed)) symlinkSync('shim', `${shimDirectory}/${name}`);
}

/** Makes the shims act; without arguments, they only log calls. */
export function arm(first?: Meant, second?: Meant, reads = false): void {
  rmSync(faultDirectory, { recursive: true, force: true });
  mkdirSync(faultDirectory);
  const { want, nth, mode } = first ?? { want: '-', nth: 1, mode: 'noise' };
  const lines = [
    `want='${want}'`,
    `nth=${nth}`,
    `mode=${mode}`,
    `reads=${reads ? 'yes' : 'no'}`,
    `want2='${second?.want ?? ''}'`,
    `nth2=${second?.nth ?? ''}`,
    `mode2=${second?.mode ?? ''}`,
  ];
  writeFileSync(`${faultDirectory}/case.new`, `${lines.join('\n')}\n`);
  renameSync(`${faultDirectory}/case.new`, `${faultDirectory}/case`);
}

/**
 * Starts ctr so that the shims know its pid. Its commands have a short time limit, so that ctr soon gives up a shim
 * that hangs.
 */
export function startCtrUnderShims(args: readonly string[], timeoutMs: number) {
  const notePid = `echo $$ >${faultDirectory}/pid; exec "$@"`;
  const before = ['/bin/sh', '-c', notePid, 'sh'];
  return startCtr(['--timeout', '0.6', ...args], timeoutMs, before);
}

/** Makes the shims pass every call to the real program. */
export function disarm(): void {
  rmSync(`${faultDirectory}/case`, { force: true });
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(`${faultDirectory}/${file}`, 'latin1').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

/** Every call since `arm`, in order. */
export function calls(): readonly string[] {
  return linesOf('log');
}

/** The calls at which a shim failed. */
export function fired(): readonly string[] {
  return linesOf('fired');
}

/** Whether a command only reads. A persistent shell changes nothing itself. */
export function isRead(line: string): boolean {
  return /^sh $|^sh -c status=|^(flock|stty|ip6?tables-save|nft -[js] list|ss -H)|\bip -j\b|^ip6?tables .* -C |ctr-end-of-probe/.test(
    line,
  );
}

/** A shell pattern that matches this command line in every run, whatever its pids. */
export function patternOf(line: string): string {
  return line
    .replaceAll(/[^A-Za-z0-9 _./:=,+@%-]/g, '?')
    .replaceAll(/(--target |\/proc\/|netns )\d+/g, '$1*')
    .replaceAll(/(kill -s [A-Z]+|sh -eu -s)( \d+)+/g, '$1 *');
}
