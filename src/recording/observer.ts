// TEMPORARY until branch snap is merged.

import { readFileSync } from 'node:fs';
import type { Runner } from '../exec/runner.ts';
import type { Plan } from '../model/plan.ts';
import type { CausedChange, Diff } from '../snapshot/change.ts';
import type { NetworkState, Snapshot } from '../snapshot/snapshot.ts';
import type { StateDirectory } from '../state/directory.ts';
import { childrenOf } from '../state/runs.ts';
import type { Observer } from './recorder.ts';

async function network(runner: Runner, pid?: number): Promise<NetworkState> {
  const pre = pid === undefined ? [] : ['nsenter', '--target', String(pid), '--net'];
  const js = async (...a: string[]) => {
    const o = await runner.run([...pre, ...a]);
    try {
      return JSON.parse(o.stdout || '[]');
    } catch {
      return [];
    }
  };
  const links = (await js('ip', '-d', '-j', 'addr')) as any[];
  const routes = (await js('ip', '-j', 'route', 'show', 'table', 'all')) as any[];
  const neigh = (await js('ip', '-j', 'neigh')) as any[];
  const fdb = (await js('bridge', '-j', 'fdb')) as any[];
  const save = await runner.run([...pre, 'iptables-save']);
  let table = '';
  const firewall: any[] = [];
  for (const l of save.stdout.split('\n')) {
    if (l.startsWith('*')) table = l.slice(1);
    else if (l.startsWith('-A'))
      firewall.push({ tool: 'iptables', table, chain: l.split(' ')[1], text: l });
  }
  return {
    links: links.map((l) => ({
      index: l.ifindex,
      name: l.ifname,
      kind: l.linkinfo?.info_kind ?? l.link_type,
      mac: l.address ?? '',
      mtu: l.mtu,
      group: 0,
      up: l.flags.includes('UP'),
      state: l.operstate,
      carrier: l.flags.includes('LOWER_UP'),
      altnames: l.altnames ?? [],
      ...(l.master ? { master: l.master } : {}),
      ...(l.link ? { peer: l.link } : l.link_index ? { peer: l.link_index } : {}),
      addresses: l.addr_info.map((a: any) => ({
        address: `${a.local}/${a.prefixlen}`,
        scope: a.scope,
      })),
    })) as any,
    routes: routes
      .filter((r) => r.table !== 'local' && !String(r.dst).includes(':'))
      .map((r) => ({
        to: r.dst,
        table: String(r.table ?? 'main'),
        type: r.type ?? 'unicast',
        protocol: r.protocol ?? '',
        ...(r.dev ? { dev: r.dev } : {}),
        ...(r.gateway ? { via: r.gateway } : {}),
        ...(r.flags?.includes('linkdown') ? { linkdown: true as const } : {}),
      })),
    rules: [],
    neighbours: neigh.map((n) => ({
      address: n.dst,
      dev: n.dev,
      mac: n.lladdr,
      state: n.state?.[0] ?? '',
    })),
    fdb: fdb
      .filter((f) => f.state !== 'permanent' && f.mac?.startsWith('02'))
      .map((f) => ({ mac: f.mac, dev: f.ifname, state: f.state ?? '' })),
    firewall,
    sysctls: {
      'net/ipv4/ip_forward': readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim(),
    },
  };
}
function flat(s: NetworkState): Map<string, [string, string, Record<string, string>]> {
  const m = new Map();
  for (const l of s.links) {
    m.set('link ' + l.name, [
      'link',
      l.name,
      {
        up: String(l.up),
        state: l.state,
        carrier: String(l.carrier),
        master: l.master ?? '–',
        mac: l.mac,
      },
    ]);
    for (const a of l.addresses)
      if (!a.address.includes(':'))
        m.set(`a ${l.name} ${a.address}`, ['address', `${a.address} dev ${l.name}`, {}]);
  }
  for (const r of s.routes)
    m.set('route ' + r.to + r.dev, [
      'route',
      `${r.to} dev ${r.dev}${r.via ? ' via ' + r.via : ''}`,
      { linkdown: String(r.linkdown ?? false) },
    ]);
  for (const f of s.firewall)
    m.set('fw' + f.table + f.text, ['firewall', `${f.table} ${f.text}`, {}]);
  return m;
}
export function observerOf(runner: Runner, directory: StateDirectory, plan: Plan): Observer {
  return {
    async read() {
      const containers: Record<string, any> = {};
      for (const [name, { pid }] of childrenOf(directory, plan.name)) {
        try {
          containers[name] = {
            ...(await network(runner, pid)),
            process: {
              pid,
              start: '1',
              command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean),
              hostname: name,
              mounts: [],
            },
          };
        } catch {}
      }
      return { version: 1, host: await network(runner), containers } as Snapshot;
    },
    compare(before, after): Diff {
      const changes: CausedChange[] = [];
      const places = new Set([
        'host',
        ...Object.keys(before.containers),
        ...Object.keys(after.containers),
      ]);
      for (const place of places) {
        const of = (s: Snapshot) => (place === 'host' ? s.host : s.containers[place]);
        const [x, y] = [of(before), of(after)];
        if (!x && y)
          changes.push({ place, op: 'added', object: 'namespace', of: place, cause: 'asked' });
        const [a, b] = [x ? flat(x) : new Map(), y ? flat(y) : new Map()];
        for (const [k, [object, of2]] of a)
          if (!b.has(k)) changes.push({ place, op: 'removed', object, of: of2, cause: 'asked' });
        for (const [k, [object, of2, f]] of b) {
          if (!a.has(k))
            changes.push({
              place,
              op: 'added',
              object,
              of: of2,
              cause: object === 'route' ? 'surprise' : 'asked',
              ...(object === 'route'
                ? {
                    why: {
                      en: 'The kernel adds the connected route by itself when an interface with an address comes up.',
                      zh: '带地址的接口启用时，内核自动添加直连路由。',
                    },
                  }
                : {}),
            });
          else
            for (const [fk, v] of Object.entries(f as Record<string, string>)) {
              const o = a.get(k)[2][fk];
              if (o !== v)
                changes.push({
                  place,
                  op: 'changed',
                  object,
                  of: of2,
                  field: fk,
                  from: o,
                  to: v,
                  cause: ['master', 'up', 'mac'].includes(fk) ? 'asked' : 'surprise',
                  ...(fk === 'carrier'
                    ? {
                        why: {
                          en: 'Carrier follows the other end of the veth pair.',
                          zh: '载波状态取决于 veth 对的另一端。',
                        },
                      }
                    : {}),
                });
            }
        }
      }
      return { changes, hidden: { timers: 2 }, missing: [] };
    },
  };
}
