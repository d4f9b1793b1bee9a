import { readlinkSync } from 'node:fs';
import { sh } from '../../rig/sh.ts';
import { shell } from '../../rig/shell.ts';
import { until } from '../../rig/until.ts';

/** A router at the other end of a veth pair: a network namespace with an interface `r0`. */
export interface Router {
  /** Runs a command in it. */
  run(...argv: readonly string[]): Promise<unknown>;
  end(): Promise<void>;
}

/**
 * Connects this host to a new router by a veth pair.
 * @param link the interface of this host, with address and prefix.
 * @param address the router's address with prefix. The router also has all addresses of `also`.
 */
export async function router(
  link: string,
  here: string,
  address: string,
  ...also: readonly string[]
): Promise<Router> {
  const started = await sh(['sh', '-c', 'unshare --net sleep 600 >/dev/null 2>&1 & echo $!']);
  const pid = Number(started.out);
  const own = readlinkSync('/proc/self/ns/net');
  await until(() => readlinkSync(`/proc/${pid}/ns/net`) !== own, 5000);
  const run = (...argv: readonly string[]) =>
    shell(`nsenter --target ${pid} --net ${argv.join(' ')}`);
  await shell(
    `ip link add name ${link} type veth peer name r0 netns ${pid}`,
    `ip addr add ${here} dev ${link}`,
    `ip link set dev ${link} up`,
  );
  await run('ip', 'link', 'set', 'dev', 'lo', 'up');
  await run('ip', 'addr', 'add', address, 'dev', 'r0');
  await run('ip', 'link', 'set', 'dev', 'r0', 'up');
  for (const one of also) await run('ip', 'route', 'add', 'local', one, 'dev', 'lo');
  return {
    run,
    async end() {
      process.kill(pid, 'SIGKILL');
      await sh(['ip', 'link', 'del', 'dev', link]);
      await until(async () => (await sh(['ip', 'link', 'show', 'dev', link])).code !== 0, 5000);
    },
  };
}
