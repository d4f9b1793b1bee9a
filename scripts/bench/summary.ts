import { median } from '../../rig/statistics.ts';
import type { Row, Run, Sample } from './run.ts';

export function wallOf(samples: readonly Sample[]): number {
  return median(samples.map((one) => one.wallMs));
}

export function cpuOf(samples: readonly Sample[]): number {
  return median(samples.flatMap((one) => (one.cpuMs === null ? [] : [one.cpuMs])));
}

function rowLine(scenario: string, row: Row, first: number): string {
  const name = `${scenario.padEnd(8)} ${row.title.padEnd(42)}`;
  if (row.samples.length === 0) return `${name} ${row.note ?? ''}`;
  const wall = wallOf(row.samples);
  const figures = `${wall.toFixed(1)} ms  x${(wall / first).toFixed(2)}  CPU ${cpuOf(row.samples).toFixed(0)} ms`;
  const weight =
    row.processes === undefined
      ? ''
      : `  ${row.processes} processes, ${((row.peakKib ?? 0) / 1024).toFixed(1)} MiB`;
  return `${name} ${figures}${weight}  ${row.note ?? ''}`;
}

/** A summary of a run for the terminal. */
export function summary(run: Run): string {
  const lines: string[] = [];
  for (const scenario of ['startup', 'cold', 'warm'] as const) {
    const first = wallOf(run[scenario][0]?.samples ?? []);
    for (const row of run[scenario]) lines.push(rowLine(scenario, row, first));
  }
  for (const row of run.many) {
    const each = (samples: readonly Sample[]) => (wallOf(samples) / row.count).toFixed(2);
    const figures =
      row.up.length === 0 ? '' : `up ${each(row.up)}, down ${each(row.down)} ms each  `;
    lines.push(
      `N=${String(row.count).padEnd(6)} ${row.title.padEnd(42)} ${figures}${row.note ?? ''}`,
    );
  }
  for (const row of run.memory) {
    const name = `memory   ${`${row.title}, ${row.count}`.padEnd(42)}`;
    const kept = row.processes.map((one) => `${one.number} ${one.program}`).join(', ');
    lines.push(`${name} ${row.kib ?? '?'} KiB (${kept}) + ${row.daemonsKib}  ${row.note ?? ''}`);
  }
  for (const row of run.throughput) {
    lines.push(
      `iperf3   with ${row.count} up: ${median(row.gbits).toFixed(1)} Gbit/s  ${row.note ?? ''}`,
    );
  }
  return lines.join('\n');
}
