import { readFileSync } from 'node:fs';
import type { Runner } from './runner.ts';

/** Signals that a terminal sends for a key (termios(3): VINTR, VQUIT). */
export type KeySignal = 'SIGINT' | 'SIGQUIT';

const keySignals = [
  { signal: 'SIGINT', number: 2, setting: 'intr' },
  { signal: 'SIGQUIT', number: 3, setting: 'quit' },
] as const;

/** The character that stty(1) writes as `^C`. Undefined for `<undef>`. */
function characterOf(shown: string): string | undefined {
  if (shown === '^?') return '\x7f';
  if (/^\^[@-_]$/.test(shown)) return String.fromCharCode(shown.charCodeAt(1) ^ 0x40);
  return shown.length === 1 ? shown : undefined;
}

/**
 * The signal that a terminal sends for these keys.
 * @param settings output of `stty -a`. A program that reads every key itself has switched isig off.
 */
export function signalOf(keys: string, settings: string): KeySignal | undefined {
  if (!/(?:^|\s)isig(?:\s|$)/m.test(settings)) return undefined;
  return keySignals.find(({ setting }) => {
    const shown = new RegExp(`(?:^|\\s)${setting} = ([^;]+);`, 'm').exec(settings)?.[1];
    const character = shown === undefined ? undefined : characterOf(shown);
    return character !== undefined && keys.includes(character);
  })?.signal;
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Whether a signal from the terminal is lost on a container's first process. The terminal signals its foreground
 * process group. The kernel drops a signal that would end any other process if the first process of a PID namespace
 * does not handle, block or ignore it (pid_namespaces(7), proc_pid_stat(5), proc_pid_status(5)).
 */
export function isLostOn(pid: number, signal: KeySignal): boolean {
  const stat = readQuietly(`/proc/${pid}/stat`);
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (group === undefined || group !== foreground) return false;
  const number = keySignals.find((one) => one.signal === signal)?.number ?? 0;
  const status = readQuietly(`/proc/${pid}/status`);
  return ['SigCgt', 'SigBlk', 'SigIgn'].every((name) => {
    const mask = new RegExp(`^${name}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1];
    return mask !== undefined && (BigInt(`0x${mask}`) & (1n << BigInt(number - 1))) === 0n;
  });
}

/** Milliseconds for the other processes of the container to end and to write their last output. */
export const lastWordsMs = 200;

/** The signal that the terminal will send for these keys, if the container's first process will not receive it. */
export async function lostSignal(
  runner: Runner,
  device: string | undefined,
  pid: number | undefined,
  keys: Buffer,
): Promise<KeySignal | undefined> {
  if (device === undefined || pid === undefined) return undefined;
  const { ok, stdout } = await runner.run(['stty', '-F', device, '-a']);
  const signal = ok ? signalOf(keys.toString('latin1'), stdout) : undefined;
  return signal !== undefined && isLostOn(pid, signal) ? signal : undefined;
}
