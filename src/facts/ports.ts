import { readFileSync } from 'node:fs';
import type { Config } from '../config/schema.ts';
import type { Runner } from '../exec/runner.ts';
import { addressPattern } from '../model/ipv4.ts';
import { isAddress6 } from '../model/ipv6.ts';
import { loopbackKey, type PortProtocol, parsePort } from '../model/ports.ts';
import type { Facts, ListenerFact } from './index.ts';
import { type Probe, readAll } from './probe.ts';
import { wantsIpv6 } from './routes6.ts';
import { readSysctl } from './sysctls.ts';
import { findTool } from './tools.ts';

/**
 * The addresses of `LOCAL:PORT` as ss(8) prints it. `*` stands for every address of both families, `[::]` for those of
 * IPv6.
 */
function addressesOf(text: string): readonly string[] {
  const plain = text.replace(/%[^\]]*/, '').replace(/^\[::ffff:([\d.]+)\]$/i, '$1');
  if (plain === '*') return ['0.0.0.0', '::'];
  const bare = plain.replace(/^\[(.*)\]$/, '$1');
  return addressPattern.test(bare) || isAddress6(bare) ? [bare] : [];
}

export function parseListeners(stdout: string): readonly ListenerFact[] {
  return stdout.split('\n').flatMap((line) => {
    const [protocol, , , , local = '', , users = ''] = line.trim().split(/\s+/);
    const at = local.lastIndexOf(':');
    if (!['tcp', 'udp', 'sctp'].includes(protocol ?? '')) return [];
    const [, name, pid] = /\("([^"]*)",pid=(\d+)/.exec(users) ?? [];
    return addressesOf(local.slice(0, at)).map((address) => ({
      protocol: protocol as PortProtocol,
      address,
      port: Number(local.slice(at + 1)),
      ...(name === undefined ? {} : { by: `${name} (pid ${pid})` }),
    }));
  });
}

/** ss(8): sockets of TCP that listen, and those of UDP that are not connected. */
const listeners: Probe<readonly ListenerFact[]> = {
  argv: ['ss', '-H', '-l', '-n', '-t', '-u', '-p'],
  parse: parseListeners,
  absent: [],
  needed: true,
};

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Whether the kernel has SCTP, or a module with it (modules.dep(5)). */
function hasSctp(kernel: string): boolean {
  if (/^SCTP /m.test(read('/proc/net/protocols'))) return true;
  const directory = `/lib/modules/${kernel}/`;
  return ['modules.dep', 'modules.builtin'].some((name) =>
    /\/sctp\.ko/.test(read(`${directory}${name}`)),
  );
}

/** What a config with published ports asks about the host. Loaded only for such a config. */
export async function readPorts(
  runner: Runner,
  config: Config,
  kernel: string,
): Promise<Pick<Facts, 'ports' | 'sysctls' | 'tools'>> {
  const wanted = Object.values(config.containers)
    .flatMap(({ ports = [] }) => ports)
    .flatMap((one) => parsePort(one) ?? []);
  const isSix = wantsIpv6(config);
  const { listeners: found } = await readAll(runner, { listeners });
  const links = ['default', ...Object.values(config.networks).map(({ bridge }) => bridge.name)];
  return {
    ports: {
      // Sockets on other ports come and go, and would make a saved plan stale.
      listeners: found.filter(
        ({ protocol, address, port }) =>
          (isSix || !address.includes(':')) &&
          wanted.some((one) => one.protocol === protocol && one.first <= port && port <= one.last),
      ),
      sctp: hasSctp(kernel),
    },
    sysctls: Object.fromEntries(
      links.flatMap((link) => {
        const value = readSysctl(loopbackKey(link));
        return value === undefined ? [] : [[loopbackKey(link), value]];
      }),
    ),
    tools: { conntrack: findTool('conntrack') },
  };
}
