import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Runner } from './runner.ts';

/** Sets a pseudo-terminal to the size of the user's terminal. */
export async function fitTerminal(runner: Runner, device: string | undefined): Promise<void> {
  const { rows, columns } = process.stdout;
  if (device === undefined || rows === undefined) return;
  await runner.run(['stty', '-F', device, 'rows', String(rows), 'cols', String(columns)]);
}

/** The two directions of a pseudo-terminal, and its output so far. */
export interface Pty {
  readonly input: Writable;
  readonly output: Readable;
  readonly shown: string;
  /** Its path on the host, once known. */
  readonly device: () => string | undefined;
}

/** Whether a terminal may send a signal for one of these keys. Editing keys and arrows are excluded. */
function mayAct(keys: Buffer): boolean {
  const editing = (byte: number) => (byte >= 8 && byte <= 13) || byte === 27;
  return keys.some((byte) => byte < 32 && !editing(byte));
}

/**
 * Connects the user's terminal to a pseudo-terminal through these pipes. Keys pass unchanged, so that Ctrl-C reaches
 * the program there, and window sizes are copied.
 * @param pressed called with keys that include a control character, before they are passed on.
 * @returns a function that restores the user's terminal.
 */
export function handOver(
  runner: Runner,
  pty: Pty,
  pressed: (keys: Buffer) => Promise<void> = async () => undefined,
): () => void {
  const { stdin, stdout } = process;
  const resize = () => void fitTerminal(runner, pty.device());
  let before: Promise<void> | undefined;
  const toPty = (keys: Buffer) => {
    if (before === undefined && !mayAct(keys)) {
      pty.input.write(keys);
      return;
    }
    // Keys typed meanwhile are passed on in order.
    const turn = (before ?? Promise.resolve())
      .then(() => pressed(keys))
      .then(() => {
        pty.input.write(keys);
        if (before === turn) before = undefined;
      });
    before = turn;
  };
  const toUser = (chunk: Buffer) => stdout.write(chunk);
  pty.input.on('error', () => undefined);
  stdout.write(pty.shown);
  pty.output.on('data', toUser);
  stdin.setRawMode?.(true);
  stdin.on('data', toPty);
  stdin.resume();
  stdout.on('resize', resize);
  return () => {
    stdout.off('resize', resize);
    stdin.off('data', toPty);
    stdin.setRawMode?.(false);
    stdin.pause();
    stdin.unref();
  };
}

/** A pseudo-terminal that ctr has opened itself, so that the container cannot exchange it. */
export interface Opened {
  /** A path to it for programs that ctr starts. */
  readonly path: string;
  close(): void;
}

function openPty(path: string): Opened | undefined {
  try {
    if (!/^\/dev\/pts\/\d+$/.test(readlinkSync(path))) return undefined;
    const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
    const descriptor = openSync(path, flags);
    return {
      path: `/proc/${process.pid}/fd/${descriptor}`,
      close: () => closeSync(descriptor),
    };
  } catch {
    return undefined;
  }
}

/**
 * Opens the pseudo-terminal of a process. The shell that waits at the gate has it as descriptor 5, while 0 and 1 may be
 * absent. Its own path is useless here, since it is in the container's devpts. Call this before the gate opens: the
 * container's program can replace its descriptors.
 */
export function openTerminal(pid: number): Opened | undefined {
  return openPty(`/proc/${pid}/fd/5`) ?? openPty(`/proc/${pid}/fd/1`);
}
