import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pids, processes } from '../../rig/processes.ts';
import type { Argv, Counted, HostProcess, Peak, Ran, Request, Timed } from './protocol.ts';

const outputPath = '/run/bench/stdout';
const errorPath = '/run/bench/stderr';
const tracePath = '/run/bench/trace';
const longest = 1024 * 1024;

/** CPU time of the host's cgroup so far, in ms; null without a cgroup that counts it. */
function groupCpuMs(): number | null {
  for (const folder of ['cpuacct', 'cpu,cpuacct']) {
    const path = `/sys/fs/cgroup/${folder}/cpuacct.usage`;
    if (existsSync(path)) return Number(readFileSync(path, 'utf8')) / 1e6;
  }
  if (!existsSync('/sys/fs/cgroup/cpu.stat')) return null;
  const usage = /usage_usec (\d+)/.exec(readFileSync('/sys/fs/cgroup/cpu.stat', 'utf8'));
  return usage === null ? null : Number(usage[1]) / 1e3;
}

/** CPU time of all processes of the host except this one, in ms. */
function othersCpuMs(): number | null {
  const all = groupCpuMs();
  const own = process.cpuUsage();
  return all === null ? null : all - (own.user + own.system) / 1e3;
}

/** Sends output to files, since a process that stays may hold a pipe open. */
function run(argv: Argv, timeoutMs: number): Ran {
  const [program, ...words] = argv;
  const output = openSync(outputPath, 'w');
  const errors = openSync(errorPath, 'w');
  const { status, error } = spawnSync(program, words, {
    stdio: ['ignore', output, errors],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  closeSync(output);
  closeSync(errors);
  const failure = error === undefined ? '' : `${error.message}\n`;
  return {
    code: status,
    stdout: readFileSync(outputPath, 'utf8').slice(-longest),
    stderr: failure + readFileSync(errorPath, 'utf8').slice(-longest),
  };
}

/** Starts a daemon. @returns its pid. */
function start(argv: Argv): number {
  const [program, ...words] = argv;
  const output = openSync(`/run/bench/${process.hrtime.bigint()}.log`, 'w');
  const child = spawn(program, words, { stdio: ['ignore', output, output] });
  child.on('error', () => undefined);
  return child.pid ?? 0;
}

async function time(argv: Argv, timeoutMs: number, settleMs: number): Promise<Timed> {
  const cpuBefore = othersCpuMs();
  const before = process.hrtime.bigint();
  const { code, stderr } = run(argv, timeoutMs);
  const wallMs = Number(process.hrtime.bigint() - before) / 1e6;
  await sleep(settleMs);
  const cpuAfter = othersCpuMs();
  return {
    wallMs,
    cpuMs: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
    code,
    stderr,
  };
}

/** Counts started processes (without threads) and executed programs in a trace of strace(1). */
export function countTrace(trace: string): Counted {
  let processes = 0;
  let programs = 0;
  const begun = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const call = rest.startsWith('<...') ? (begun.get(pid) ?? '') + rest : rest;
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(pid, rest);
      continue;
    }
    const failed = !/\) += \d+/.test(call);
    if (failed) continue;
    if (call.startsWith('execve')) programs += 1;
    else if (/^(?:clone3?|v?fork)\b/.test(call) && !call.includes('CLONE_THREAD')) processes += 1;
  }
  return { processes, programs };
}

/** Counts what a command, and the daemons meanwhile, start. */
async function count(argv: Argv, daemons: readonly number[]): Promise<Counted> {
  const follow = ['-f', '-qq', '-e', 'trace=execve,clone,clone3,fork,vfork', '-e', 'signal=none'];
  const watchers = daemons.map((pid) => {
    const path = `${tracePath}.${pid}`;
    writeFileSync(path, '');
    const child = spawn('strace', [...follow, '-o', path, '-p', String(pid)], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    return { path, child, ended };
  });
  if (watchers.length > 0) await sleep(500);
  const traced = run(['strace', ...follow, '-o', tracePath, ...argv], 120_000);
  for (const { child, ended } of watchers) {
    if (child.exitCode !== null) throw new Error(`strace cannot follow ${child.spawnargs.at(-1)}`);
    child.kill('SIGINT');
    await ended;
  }
  if (traced.code !== 0) throw new Error(`strace: ${traced.stderr.trim().slice(-500)}`);
  const counts = [tracePath, ...watchers.map((one) => one.path)].map((path) =>
    countTrace(readFileSync(path, 'utf8')),
  );
  return {
    processes: 1 + counts.reduce((sum, one) => sum + one.processes, 0),
    programs: counts.reduce((sum, one) => sum + one.programs, 0),
  };
}

/** Proportional set size, in KiB: a process's own memory and its share of shared memory (proc_pid_smaps(5)). */
function pssKib(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    return Number(/^Pss: +(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function peak(argv: Argv): Promise<Peak> {
  const [program, ...words] = argv;
  const before = new Set(pids());
  const child = spawn(program, words, { stdio: 'ignore' });
  let running = true;
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(null));
  }).finally(() => {
    running = false;
  });
  let kib = 0;
  while (running) {
    const now = pids().reduce((sum, pid) => sum + (before.has(pid) ? 0 : pssKib(pid)), 0);
    kib = Math.max(kib, now);
    await sleep(1);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`it ended with ${code}`);
  return { kib };
}

async function answer(request: Request): Promise<unknown> {
  switch (request.do) {
    case 'write':
      writeFileSync(request.path, request.text);
      return null;
    case 'run':
      return run(request.argv, request.timeoutMs);
    case 'start':
      return start(request.argv);
    case 'time':
      return await time(request.argv, request.timeoutMs, request.settleMs);
    case 'count':
      return await count(request.argv, request.daemons);
    case 'peak':
      return await peak(request.argv);
    case 'processes':
      return processes().map(
        ({ pid, words }): HostProcess => ({ pid, command: words.join(' '), pssKib: pssKib(pid) }),
      );
  }
}

/** Serves the driver's requests inside a private host until end of file on standard input. */
export async function agent(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    let reply: object;
    try {
      reply = { result: await answer(JSON.parse(line)) };
    } catch (error) {
      reply = { failed: error instanceof Error ? error.message : String(error) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  process.exit(0);
}
