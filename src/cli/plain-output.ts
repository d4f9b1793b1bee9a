import { fstatSync, writeSync } from 'node:fs';
import type { OutputConfiguration } from 'commander';

/** Character devices with major number 1 are memory devices such as /dev/null (mem(4)), not terminals. */
const memoryMajor = 1;

/** Linux: makedev(3). */
function majorOf(device: number): number {
  return (device >> 8) & 0xfff;
}

function isTerminal(descriptor: number): boolean {
  const stat = fstatSync(descriptor);
  return stat.isCharacterDevice() && majorOf(stat.rdev) !== memoryMajor;
}

/** Output configuration for a file or a pipe. Avoids process.stdout, which takes Node 4 ms to create. */
export function plainOutput(): OutputConfiguration {
  try {
    if (isTerminal(1)) return {};
  } catch {
    return {};
  }
  return {
    getOutHasColors: () => false,
    getOutHelpWidth: () => 80,
    writeOut(text) {
      try {
        writeSync(1, text);
      } catch {
        process.stdout.write(text);
      }
    },
  };
}
