import { mkdirSync, writeFileSync } from 'node:fs';
import { createRootfs } from '../../rig/create-rootfs.ts';
import { ctr } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { containerPlace, type Place } from '../../src/model/place.ts';
import { worldPid } from '../../src/snapshot/index.ts';
import type { Edit, Question } from './fault.ts';
import { type Lab, rootfs } from './lab.ts';

const folder = '/run/score';
const mark = '\x1e';

/** What is read of a namespace, for comparison. */
const sections: readonly { readonly name: string; readonly read: string }[] = [
  {
    name: 'links',
    read: String.raw`ip -d -o link show | sed -E 's/^[0-9]+: //; s/link-netnsid [0-9]+//; s/@[^:]+:/:/; s/(timer) +[0-9.]+/\1/g; s/ifindex [0-9]+//; s/qlen [0-9]+//' | sort`,
  },
  { name: 'addresses', read: `ip -4 -o addr show | sed -E 's/^[0-9]+: //'` },
  { name: 'routes', read: 'ip -4 route show table all' },
  { name: 'rules', read: 'ip rule show' },
  {
    name: 'ports',
    read: `bridge -d link show | sed -E 's/^[0-9]+: //; s/@[^:]+:/:/'; bridge vlan show`,
  },
  {
    name: 'entries',
    read: 'bridge fdb show | grep -e permanent -e static | grep -v " self " | sort',
  },
  { name: 'permanent', read: 'ip neigh show nud permanent' },
  {
    name: 'firewall',
    read: String.raw`iptables-save | sed -E 's/\[[0-9]+:[0-9]+\]//' | awk '/^\*/ { table = substr($0, 2); next } /^#/ || /^COMMIT/ || /^:[A-Z]* ACCEPT/ { next } { print table ": " $0 }'`,
  },
  { name: 'ebtables', read: 'ebtables-save 2>/dev/null | grep "^-A"' },
  {
    name: 'tables of nft',
    read: `nft -s list ruleset | awk '/^table (ip|ip6|bridge|arp) (filter|nat|mangle|raw) / { skip = 1 } !skip; /^}/ { skip = 0 }'`,
  },
  {
    name: 'sysctls',
    read: 'grep -rs "" /proc/sys/net/ipv4/conf /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/icmp_echo_ignore_all /proc/sys/net/bridge /proc/sys/net/ipv6/conf/all/disable_ipv6 | sort',
  },
  {
    name: 'connections',
    read: '[ $(($(cat /proc/sys/net/netfilter/nf_conntrack_count) * 10)) -gt $(($(cat /proc/sys/net/netfilter/nf_conntrack_max) * 9)) ] && echo full',
  },
  { name: 'ipsec', read: 'ip xfrm policy' },
  { name: 'listeners', read: `ss -Hlntu | awk '{print $1, $5}' | sort` },
];
const readAll = sections.map(({ read }) => `${read} 2>/dev/null; printf '${mark}'`).join('\n');

/** A state, as lines that say where they come from. */
export type State = ReadonlySet<string>;

/** Lines that only one of two states has. */
export function changed(was: State, is: State): readonly string[] {
  return [
    ...[...was].filter((line) => !is.has(line)).map((line) => `- ${line}`),
    ...[...is].filter((line) => !was.has(line)).map((line) => `+ ${line}`),
  ];
}

/** A lab that is up in this sandbox host. */
export class Bench {
  readonly lab: Lab;
  private pids = new Map<Place, number>();

  constructor(lab: Lab) {
    this.lab = lab;
  }

  /** Prepares the host of the lab, and brings the lab up. */
  async prepare(): Promise<void> {
    mkdirSync(`${folder}/www`, { recursive: true });
    writeFileSync(`${folder}/www/index.html`, 'here\n');
    await createRootfs(rootfs);
    await this.edit(this.lab.before);
    await this.up(this.lab.config);
  }

  async up(config: unknown): Promise<void> {
    writeFileSync(`${folder}/lab.json`, JSON.stringify(config));
    const up = await ctr([
      '-q',
      'up',
      '-d',
      ...(this.lab.fast ? ['--fast'] : []),
      `${folder}/lab.json`,
    ]);
    if (up.code !== 0) throw new Error(`up: ${up.err}`);
    const inspected = await ctr(['inspect', 'lab', '--json']);
    const { containers } = JSON.parse(inspected.out) as {
      readonly containers: readonly {
        readonly name: string;
        readonly pid: number;
        readonly interfaces: readonly { readonly mac: string }[];
      }[];
    };
    this.pids = new Map(containers.map(({ name, pid }) => [containerPlace(name), pid]));
    for (const { name, interfaces } of containers)
      writeFileSync(`${folder}/mac-of-${name}`, interfaces[0]?.mac ?? '');
    const world = worldPid();
    if (world !== undefined) this.pids.set('world', world);
  }

  async down(): Promise<void> {
    const down = await ctr(['-q', 'down', 'lab']);
    if (down.code !== 0) throw new Error(`down: ${down.err}`);
  }

  get places(): readonly Place[] {
    return ['host', ...this.pids.keys()];
  }

  /** A command prefix that enters a namespace. */
  private enter(place: Place, files = false): readonly string[] {
    if (place === 'host') return [];
    const pid = this.pids.get(place);
    if (pid === undefined) throw new Error(`there is no ${place}`);
    return ['nsenter', '--target', String(pid), '--net', ...(files ? ['--mount'] : [])];
  }

  /** Runs edits. @throws what the shell says if one fails. */
  async edit(edits: readonly Edit[]): Promise<void> {
    const names = [...this.pids].flatMap(([place, pid]) => {
      const [, name] = place.split(' ');
      return name === undefined ? [] : [`pid_${name}=${pid}`];
    });
    for (const { place, line, files } of edits) {
      const script = `${names.join(' ')}\n${line}`;
      const ran = await sh([...this.enter(place, files), '/bin/sh', '-ec', script]);
      if (ran.code !== 0) throw new Error(`${place}: ${line}\n${ran.err}${ran.out}`);
    }
  }

  /** Whether the question works now, asked by plain programs. */
  async works(question: Question): Promise<boolean> {
    const { from, to, protocol, port, size } = question;
    const named = /[a-z]/.test(to) && !to.includes(':');
    const argv = {
      // The IP and ICMP headers take 28 bytes (RFC 791, RFC 792).
      icmp: [
        'ping',
        '-c',
        '1',
        '-W',
        '1',
        ...(size === undefined ? [] : ['-s', String(size - 28)]),
        to,
      ],
      tcp: ['nc', '-w', '1', to, String(port)],
      udp: ['nslookup', '-type=a', 'downloads.example', to],
    }[protocol];
    const [program = '', ...rest] = argv;
    const applet = to.includes(':') ? 'ping6' : program;
    const busybox = [...this.enter(from, named), '/bin/busybox', applet, ...rest];
    const seconds = named ? '3' : '1.5';
    return (await sh(['timeout', '-s', 'KILL', seconds, ...busybox])).code === 0;
  }

  /** Forgets learnt MACs, path MTUs and connections, as if time had passed. */
  async forget(): Promise<void> {
    for (const place of this.places)
      await sh([
        ...this.enter(place),
        '/bin/sh',
        '-c',
        'ip -4 neigh flush all; ip -4 route flush cache',
      ]);
  }

  async state(): Promise<State> {
    const texts = await Promise.all(
      this.places.map(async (place) => {
        const { out } = await sh([...this.enter(place), '/bin/sh', '-c', readAll]);
        const files =
          place === 'host' || place === 'world'
            ? ''
            : (
                await sh([
                  ...this.enter(place, true),
                  '/bin/sh',
                  '-c',
                  'cat /etc/resolv.conf /etc/hosts',
                ])
              ).out;
        return [...out.split(mark), files].flatMap((text, index) =>
          text
            .split('\n')
            .filter((line) => line.trim() !== '')
            .map((line) => `${place}: ${sections[index]?.name ?? 'files'}: ${line.trim()}`),
        );
      }),
    );
    return new Set(texts.flat());
  }
}
