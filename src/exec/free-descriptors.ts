import { closeSync, openSync } from 'node:fs';

/** Sockets that libuv creates per pipe, and further descriptors that it needs. */
const descriptorsPerPipe = 2;

const spareDescriptors = 2;

/**
 * Checks that enough descriptors are free. With too few, Node gives execa a process without pipes; execa then throws a
 * TypeError, and the process's error event becomes an uncaught exception.
 * @throws the error that the process would have emitted.
 */
export function requireDescriptors(program: string, pipes: number): void {
  const opened: number[] = [];
  try {
    while (opened.length < pipes * descriptorsPerPipe + spareDescriptors) {
      opened.push(openSync('/', 'r'));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(new Error(`spawn ${program} ${code}`), { code });
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
