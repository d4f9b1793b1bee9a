import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { median } from '../../rig/statistics.ts';
import type { Machine } from './run.ts';

const times = 5;

/** @returns the median of several, in ms. */
function took(act: () => void): number {
  return median(
    Array.from({ length: times }, () => {
      const began = performance.now();
      act();
      return performance.now() - began;
    }),
  );
}

/** What a shell pays for a process that does nothing, in ms. */
function processMs(): number {
  const script = 'n=0; while [ $n -lt 100 ]; do /bin/true; n=$((n + 1)); done';
  return took(() => execFileSync('sh', ['-c', script])) / 100;
}

const pageSize = 4096;
const pages = 8192;

/** What a page of memory costs that is touched for the first time, in µs. */
function pageUs(): number {
  const touch = () => {
    const bytes = Buffer.allocUnsafeSlow(pages * pageSize);
    for (let at = 0; at < bytes.length; at += pageSize) bytes[at] = 1;
  };
  return (1000 * took(touch)) / pages;
}

/** This machine, and what decides how dear processes are on it. */
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
