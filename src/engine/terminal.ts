import { readlinkSync } from 'node:fs';
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

/**
 * Hands the user's terminal to a pseudo-terminal whose two directions are these pipes: keys go
 * in as they are, so that Ctrl-C reaches what runs there, and the size follows.
 * @returns gives the terminal back.
 */
export function handOver(runner: Runner, pty: Pty): () => void {
  const { stdin, stdout } = process;
  const resize = () => void fitTerminal(runner, pty.device());
  const toPty = (chunk: Buffer) => pty.input.write(chunk);
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

/**
 * The pseudo-terminal a process has: a shell that waits at the gate has it on 5 alone. To be asked
 * before the container runs, which may make its descriptors whatever it likes.
 */
export function terminalDeviceOf(pid: number | undefined): string | undefined {
  const devices = [2, 5].flatMap((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    } catch {
      return [];
    }
  });
  return devices.find((device) => /^\/dev\/pts\/\d+$/.test(device));
}
