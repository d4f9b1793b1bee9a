import { type MarkedRule, markedRules } from '../../facts/firewall.ts';
import type { Facts } from '../../facts/index.ts';
import type { Problem } from '../../model/errors.ts';
import type { Lab } from '../../model/lab.ts';
import { isAttachmentName, markedRun } from '../../model/names.ts';
import { isOurTable } from '../../model/nft.ts';
import {
  collides,
  isLoopback,
  isOfFamily,
  loopback6,
  type PortProtocol,
  type PublishedPort,
  portText,
} from '../../model/ports.ts';
import type { Text } from '../../model/text.ts';
import { commentOf, diverting } from './diverting-rule.ts';
import type { Preflight } from './findings.ts';

interface Published {
  readonly container: string;
  /** As written. */
  readonly port: PublishedPort;
  /** What packets it wants: a container without IPv6 leaves those of IPv6 alone. */
  readonly wants: PublishedPort;
  readonly hasIpv6: boolean;
}

function publishedIn({ containers }: Lab): readonly Published[] {
  return containers.flatMap(({ name, attachments }) =>
    attachments.flatMap(({ ports = [], ipv6 }) =>
      ports.map((port): Published => {
        const hasIpv6 = ipv6 !== undefined;
        const both = port.address === null && port.family === undefined;
        const wants = both && !hasIpv6 ? ({ ...port, family: 'ipv4' } as const) : port;
        return { container: name, port, wants, hasIpv6 };
      }),
    ),
  );
}

const another: Text = {
  en: 'publish another port of the host',
  zh: '换一个要发布的宿主机端口',
};

/** Where a socket listens, as a port is published. */
function placeOf(address: string): Pick<PublishedPort, 'address' | 'family'> {
  if (address === '0.0.0.0') return { address: null, family: 'ipv4' };
  return address === '::' ? { address: null, family: 'ipv6' } : { address };
}

/** Sockets of the host that would no longer get packets. */
function listening({ port, wants }: Published, facts: Facts): readonly Problem[] {
  const found = facts.ports?.listeners.find(({ protocol, address, port: number }) =>
    collides(wants, {
      ...{ protocol, ...placeOf(address) },
      ...{ first: number, last: number, to: number },
    }),
  );
  if (found === undefined) return [];
  const at = found.address.includes(':') ? `[${found.address}]` : found.address;
  const socket = `${at}:${found.port}/${found.protocol}`;
  const who = found.by;
  return [
    {
      code: 'H040',
      place: portText(port),
      message: {
        en: `cannot be published: ${who ?? 'a program of this host'} listens on ${socket}`,
        zh: `无法发布：${who === undefined ? '本机的一个程序' : `${who} `}正在监听 ${socket}`,
      },
      fix: {
        en: `${another.en}, or end that program`,
        zh: `${another.zh}，或者结束那个程序`,
      },
    },
  ];
}

interface Marked {
  readonly run: string;
  readonly port: PublishedPort;
}

function after(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  return at < 0 ? undefined : words[at + 1];
}

/** The port of a rule in a table of ctr (libnftables-json(5)). */
function inNft(rule: string): readonly Marked[] {
  const run = markedRun(commentOf(rule));
  const [, protocol, first, last] =
    /"protocol":"(\w+)","field":"dport"\}\},"right":(?:\{"range":\[)?(\d+)(?:,(\d+))?/.exec(rule) ??
    [];
  if (run === undefined || first === undefined || !rule.includes('"dnat":{')) return [];
  const address = /"field":"daddr"\}\},"right":"([\d.]+)"/.exec(rule)?.[1];
  const [from, to] = [Number(first), Number(last ?? first)];
  const at = placeOf(address ?? '0.0.0.0');
  const port = { protocol: protocol as PortProtocol, ...at, first: from, last: to, to: from };
  return [{ run, port }];
}

/** The same of a rule of IPv6, as nft(8) prints it. */
function inTable6(text: string): readonly Marked[] {
  const run = markedRun(/ comment "([^"]*)"$/.exec(text)?.[1] ?? '');
  const [, protocol, first, last] = /(\w+) dport (\d+)(?:-(\d+))? .* dnat to /.exec(text) ?? [];
  if (run === undefined || first === undefined) return [];
  const at = placeOf(/^ip6 daddr (?!!)(\S+)/.exec(text)?.[1] ?? '::');
  const [from, to] = [Number(first), Number(last ?? first)];
  const port = { protocol: protocol as PortProtocol, ...at, first: from, last: to, to: from };
  return [{ run, port }];
}

/** The port of a rule of iptables(8), or with `every` the address `::` of ip6tables(8). */
function inChain({ run, argv }: MarkedRule, every: '0.0.0.0' | '::'): readonly Marked[] {
  const [protocol, ports] = [after(argv, '-p'), after(argv, '--dport')];
  if (run === undefined || ports === undefined || !argv.includes('DNAT')) return [];
  const [first = 0, last = first] = ports.split(':').map(Number);
  const address = argv.includes('!') ? undefined : after(argv, '-d')?.split('/')[0];
  const at = placeOf(address ?? every);
  const port = { protocol: protocol as PortProtocol, ...at, first, last, to: first };
  return [{ run, port }];
}

/** The ports that rules with the mark of a run publish. */
function marked({ firewall, ipv6 }: Facts): readonly Marked[] {
  const native = firewall.chains.flatMap(({ family, table, rules }) =>
    isOurTable(family, table) ? rules.flatMap(inNft) : [],
  );
  const native6 = (ipv6?.tables ?? []).flatMap(({ rules }) =>
    rules.flatMap(({ text }) => inTable6(text)),
  );
  const others = markedRules(firewall.ours).flatMap((one) => inChain(one, '0.0.0.0'));
  const others6 = markedRules(ipv6?.ours ?? [], 'ip6tables').flatMap((one) => inChain(one, '::'));
  return [...others, ...native, ...others6, ...native6];
}

/** How the port of a run that is alive becomes free. */
function endOf(run: string): Text {
  return isAttachmentName(run)
    ? {
        en: `${another.en}, or stop that container with its engine (ctr ps shows which)`,
        zh: `${another.zh}，或者用容器引擎停掉那个容器（ctr ps 会列出它）`,
      }
    : { en: `${another.en}, or ctr down ${run}`, zh: `${another.zh}，或者 ctr down ${run}` };
}

function ofOthers({ port, wants }: Published, lab: Lab, facts: Facts): readonly Problem[] {
  const found = marked(facts).find((one) => collides(one.port, wants));
  if (found === undefined) return [];
  const { run } = found;
  const alive = facts.runs.includes(run);
  // A run of the same name is told as such already.
  if (alive && run === lab.name) return [];
  return [
    {
      code: 'H041',
      place: portText(port),
      message: alive
        ? {
            en: `cannot be published: run ${run} has published it`,
            zh: `无法发布：运行实例 ${run} 已经发布了它`,
          }
        : {
            en: `cannot be published: a rule for it is left from run ${run}`,
            zh: `无法发布：运行实例 ${run} 留下了这个端口的规则`,
          },
      fix: alive ? endOf(run) : { en: 'run ctr gc', zh: '运行 ctr gc' },
    },
  ];
}

function diverted({ port }: Published, lab: Lab, facts: Facts): readonly Problem[] {
  // Rules of others are known for IPv4 alone.
  const rule = isOfFamily(port, 'ipv4') ? diverting(port, lab, facts) : undefined;
  if (rule === undefined) return [];
  return [
    {
      code: 'H042',
      place: portText(port),
      message: {
        en: `cannot be published: another rule already sends these packets elsewhere: “${rule}”`,
        zh: `无法发布：已有另一条规则把这些数据包送往别处：“${rule}”`,
      },
      fix: {
        en: `${another.en}, or end the program that added the rule`,
        zh: `${another.zh}，或者结束添加这条规则的程序`,
      },
    },
  ];
}

function withoutSctp({ port }: Published, { ports }: Facts): readonly Problem[] {
  if (port.protocol !== 'sctp' || ports?.sctp !== false) return [];
  return [
    {
      code: 'H043',
      place: portText(port),
      message: {
        en: `cannot be published: the kernel of this host has no SCTP`,
        zh: `无法发布：本机内核不支持 SCTP`,
      },
      fix: { en: 'use tcp or udp', zh: '改用 tcp 或 udp' },
    },
  ];
}

/** A port on an address of IPv6 that leads to a container which has none. */
function withoutIpv6({ port, container, hasIpv6 }: Published): readonly Problem[] {
  if (hasIpv6 || isOfFamily(port, 'ipv4')) return [];
  return [
    {
      code: 'H045',
      place: portText(port),
      message: {
        en: `cannot be published: ${container} has no IPv6 address`,
        zh: `无法发布：${container} 没有 IPv6 地址`,
      },
      fix: {
        en: 'give the network a "subnet6" ("bridge_ip6"), or publish on an address of IPv4',
        zh: '给网络加上 "subnet6"（"bridge_ip6"），或者发布在 IPv4 地址上',
      },
    },
  ];
}

/** Published ports that others have, or that this host cannot publish. */
function portProblems(lab: Lab, facts: Facts): readonly Problem[] {
  return publishedIn(lab).flatMap((one) => [
    ...withoutSctp(one, facts),
    ...withoutIpv6(one),
    ...listening(one, facts),
    ...ofOthers(one, lab, facts),
    ...diverted(one, lab, facts),
  ]);
}

function portWarnings(lab: Lab, facts: Facts): readonly Problem[] {
  const all = publishedIn(lab);
  const own = new Set([
    ...facts.links.flatMap(({ addresses }) => addresses.map((one) => one.split('/')[0])),
    ...lab.networks.map(({ gateway }) => gateway),
  ]);
  const nowhere = all.filter(
    // Of IPv6, not all addresses that the host has are known: some come and go by themselves.
    ({ port: { address } }) =>
      address !== null && !address.includes(':') && !isLoopback(address) && !own.has(address),
  );
  const loopback = all.filter(({ port: { address } }) => address === loopback6);
  const forgetful = all.length > 0 && facts.tools.conntrack == null;
  return [
    ...nowhere.map(
      ({ port }): Problem => ({
        code: 'W144',
        place: portText(port),
        message: {
          en: `${port.address} is not an address of this host: nobody reaches the port until it has that address`,
          zh: `${port.address} 不是本机的地址：在本机有这个地址之前，这个端口无法访问`,
        },
      }),
    ),
    ...loopback.map(
      ({ port }): Problem => ({
        code: 'W146',
        place: portText(port),
        message: {
          en: 'nobody reaches this port: the kernel takes no packet for ::1 from another interface than loopback, and has no route_localnet for IPv6',
          zh: '这个端口无法访问：除回环接口外，内核不接受从其他接口发往 ::1 的包，IPv6 也没有 route_localnet',
        },
        fix: { en: 'publish it on 127.0.0.1', zh: '改为发布在 127.0.0.1 上' },
      }),
    ),
    ...(forgetful
      ? [
          {
            code: 'W145',
            place: 'conntrack',
            message: {
              en: 'the program conntrack is not installed: connections to the published ports stay known to the kernel for a while after the run has ended',
              zh: '没有安装程序 conntrack：运行结束后，内核在一段时间内仍记得经已发布端口建立的连接',
            },
            fix: { en: 'apt-get install conntrack', zh: 'apt-get install conntrack' },
          } as const,
        ]
      : []),
  ];
}

/** Problems and warnings about published ports. Loaded only for a lab that has some. Pure. */
export function portFindings(lab: Lab, facts: Facts): Preflight {
  return { problems: portProblems(lab, facts), warnings: portWarnings(lab, facts) };
}
