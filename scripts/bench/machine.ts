import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { median } from '../../rig/statistics.ts';
import type { Machine } from './run.ts';

const times = 5;

/** @returns the median duration of several calls, in ms. */
function took(act: () => void): number {
  return median(
    Array.from({ length: times }, () => {
      const began = performance.now();
      act();
      return performance.now() - began;
    }),
  );
}

/** The time for a shell to run an empty process, in ms. */
function processMs(): number {
  const script = 'n=0; while [ $n -lt 100 ]; do /bin/true; n=$((n + 1)); done';
  return took(() => execFileSync('sh', ['-c', script])) / 100;
}

const pageSize = 4096;
const pages = 8192;

/** The time for the first write to a page of memory (a page fault), in µs. */
function pageUs(): number {
  const touch = () => {
    const bytes = Buffer.allocUnsafeSlow(pages * pageSize);
    for (let at = 0; at < bytes.length; at += pageSize) bytes[at] = 1;
  };
  return (1000 * took(touch)) / pages;
}

/** Describes this machine, and measures the price of a process on it. */
export function machine(): Machine {
  const [load = 0] = loadavg();
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    system: /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '',
    load,
    processMs: processMs(),
    pageUs: pageUs(),
  };
}
