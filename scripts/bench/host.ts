import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Replies, Request } from './protocol.ts';

const path = '/usr/sbin:/usr/bin:/sbin:/bin';
export const packageRoot = new URL('..', import.meta.url).pathname.replace(/\/$/, '');
const groupPrefix = 'ctr-bench-';
const ownPrefix = `${groupPrefix}${process.pid}-`;

/** A private host for one contestant, with its own network, mounts, processes, cgroups and world. */
export interface Host {
  readonly name: string;
  ask<R extends Request>(request: R): Promise<Replies[R['do']]>;
}

const living = new Map<ChildProcess, Promise<void>>();

/** Removes a cgroup and its children. @returns whether it succeeded. */
function removeGroup(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeGroup(`${folder}/${entry.name}`);
    }
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** Removes the cgroups of this benchmark, and of one that was killed. @returns whether none is left. */
function removeGroups(): boolean {
  const top = '/sys/fs/cgroup';
  if (!existsSync(top)) return true;
  let clean = true;
  for (const hierarchy of [top, ...readdirSync(top).map((name) => `${top}/${name}`)]) {
    if (!existsSync(`${hierarchy}/cgroup.procs`)) continue;
    for (const name of readdirSync(hierarchy)) {
      if (!name.startsWith(groupPrefix)) continue;
      const gone = removeGroup(`${hierarchy}/${name}`);
      if (!gone && name.startsWith(ownPrefix)) clean = false;
    }
  }
  return clean;
}

/** Starts a private host. The kernel ends it when the driver ends, even by SIGKILL. */
export async function startHost(name: string): Promise<Host> {
  const child = spawn(
    `${packageRoot}/scripts/bench/enter-cgroup.sh`,
    [
      `${ownPrefix}${name}`,
      ...['setpriv', '--pdeathsig', 'KILL'],
      ...[process.execPath, `${packageRoot}/dist/ctr.js`, 'sandbox', '--'],
      ...[`${packageRoot}/scripts/bench/host.sh`, packageRoot],
      ...[process.execPath, '/run/bench/ctr/dist/bench.mjs', 'agent'],
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env: { PATH: path } },
  );
  living.set(child, new Promise((resolve) => child.once('exit', () => resolve())));
  child.stdin.on('error', () => undefined);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const host: Host = {
    name,
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the private host of ${name} has ended: ${said.trim()}`);
      const reply = JSON.parse(value);
      if (reply.failed !== undefined) throw new Error(reply.failed);
      return reply.result;
    },
  };
  await host.ask({ do: 'run', argv: ['true'], timeoutMs: 10_000 });
  return host;
}

/** Ends all private hosts and everything in them. */
export async function endHosts(): Promise<void> {
  for (const child of living.keys()) child.kill('SIGKILL');
  await Promise.all(living.values());
  living.clear();
  // The processes inside end some time after their parent.
  for (let tries = 0; tries < 200 && !removeGroups(); tries += 1) await sleep(50);
}
