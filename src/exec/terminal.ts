import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Runner } from './runner.ts';

/** Gives a pseudo-terminal the size of the user's. */
export async function fitTerminal(runner: Runner, device: string | undefined): Promise<void> {
  const { rows, columns } = process.stdout;
  if (device === undefined || rows === undefined) return;
  await runner.run(['stty', '-F', device, 'rows', String(rows), 'cols', String(columns)]);
}

/** The two directions of a pseudo-terminal, and what it has shown already. */
export interface Pty {
  readonly input: Writable;
  readonly output: Readable;
  readonly shown: string;
  /** Its path on the host, once it is known. */
  readonly device: () => string | undefined;
}

/** Whether a terminal may be set to act on one of these keys; those of editing and of arrows are not asked about. */
function mayAct(keys: Buffer): boolean {
  const editing = (byte: number) => (byte >= 8 && byte <= 13) || byte === 27;
  return keys.some((byte) => byte < 32 && !editing(byte));
}

/**
 * Hands the user's terminal to a pseudo-terminal whose two directions are these pipes: keys go
 * in as they are, so that Ctrl-C reaches what runs there, and the size follows.
 * @param pressed is told of keys with a control character among them, before they go in.
 * @returns gives the terminal back.
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
    // What is typed meanwhile waits its turn.
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

/** A terminal that ctr has open itself, so that it is the same one whatever its user does. */
export interface Opened {
  /** A path that leads to it, for the programs that ctr starts. */
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
 * The pseudo-terminal that a process writes to; a shell that waits at the gate has it on 5, while 0 and 1
 * come and go. Its name means nothing here, since it is in a devpts of the container's. To be opened before
 * the container runs, which may make its descriptors whatever it likes.
 */
export function openTerminal(pid: number): Opened | undefined {
  return openPty(`/proc/${pid}/fd/5`) ?? openPty(`/proc/${pid}/fd/1`);
}
