import type { Lab, LabContainer } from '../model/lab.ts';
import type { PromiseId } from '../model/promise.ts';
import type { Text } from '../model/text.ts';
import { worldNames } from '../model/world-addresses.ts';

/** Each promise as a learner reads it. */
export const promiseTitles: Readonly<Record<PromiseId, Text>> = {
  self: { en: 'ping its own address', zh: 'ping 自己的地址' },
  gateway: { en: 'ping the gateway', zh: 'ping 网关' },
  neighbour: { en: 'ping a neighbour', zh: 'ping 同一网络的容器' },
  world: { en: 'ping an address in the world', zh: 'ping 外网地址' },
  name: { en: 'resolve a name', zh: '解析域名' },
  page: { en: 'download a page, by name', zh: '用域名下载网页' },
  inbound: {
    en: 'the host reaches a TCP server in it',
    zh: '宿主机能连上容器里的 TCP 服务',
  },
  hosts: { en: 'know the names of the lab', zh: '认得实验里的名字' },
  hostname: { en: 'have its own host name', zh: '有自己的主机名' },
  processes: { en: 'see only its own processes', zh: '只看到自己的进程' },
  files: {
    en: 'neither see nor change files of the host',
    zh: '看不到也改不了宿主机的文件',
  },
  users: { en: 'be root inside', zh: '在里面是 root' },
  gone: { en: 'nothing is left after down', zh: 'down 之后没有残留' },
};

/** One test of one promise, in one container. */
export interface Probe {
  readonly promise: Exclude<PromiseId, 'gone'>;
  readonly container: string;
  /** A line of sh(1) that the container runs: it succeeds when the promise holds. */
  readonly line: string;
  /** For `inbound`: where the host connects to what the line listens on. */
  readonly connect?: { readonly address: string; readonly port: number };
}

/** A file on the host, which no container may see; below /run, which in a sandbox host is in memory. */
export const hostFile = '/run/necessity/on-the-host';
/** A file that a container writes, and that the host must not find. */
export const containerFile = '/run/written-inside';
/** What a server inside says. */
export const greeting = 'hello';

/** The first port that a server inside listens on; the interfaces of a container have one each. */
const firstPort = 7070;

/** Twice, since the first packet may be lost while the kernel still switches an interface on. */
function ping(target: string): string {
  const once = `ping -c 1 -W 1 ${target}`;
  return `${once} || ${once}`;
}

function word(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function networkProbes(container: LabContainer, lab: Lab): readonly Probe[] {
  const { name, attachments } = container;
  const probe = (promise: Probe['promise'], line: string): Probe => ({
    promise,
    container: name,
    line,
  });
  return attachments.flatMap(({ address, network, ipv6 }, index) => {
    const neighbour = lab.containers
      .filter((other) => other.name !== name)
      .flatMap((other) => other.attachments)
      .find((one) => one.network.name === network.name);
    const port = firstPort + index;
    return [
      probe('self', ping(address)),
      probe('gateway', ping(network.gateway)),
      ...(neighbour === undefined ? [] : [probe('neighbour', ping(neighbour.address))]),
      ...(ipv6 === undefined || network.ipv6 === undefined
        ? []
        : [probe('self', ping(ipv6.address)), probe('gateway', ping(network.ipv6.gateway))]),
      ...(neighbour?.ipv6 === undefined ? [] : [probe('neighbour', ping(neighbour.ipv6.address))]),
      {
        ...probe('inbound', `echo ${greeting} | nc -l -p ${port}`),
        connect: { address, port },
      },
    ];
  });
}

function worldProbes(): readonly Pick<Probe, 'promise' | 'line'>[] {
  const name = 'downloads.example';
  const page = `http://${name}/`;
  return [
    { promise: 'world', line: ping(worldNames['example.com']) },
    { promise: 'name', line: `getent hosts ${name} || nslookup ${name}` },
    {
      promise: 'page',
      line: `{ wget -q -O - ${page} || curl -s -m 2 ${page}; } | grep hello`,
    },
  ];
}

/** ping(8) prints the address of a name before it sends anything. */
function knows(name: string, address: string): string {
  return `ping -c 1 -W 1 ${word(name)} 2>&1 | grep -F ${word(`(${address})`)} || getent hosts ${word(name)} | grep -F ${word(address)}`;
}

function ownProbes({ hostname, hosts, firstUser }: LabContainer) {
  const lines: readonly (Pick<Probe, 'promise' | 'line'> | false)[] = [
    // Of IPv6 lines, tools differ in which they print.
    ...hosts
      .filter(({ address }) => !address.includes(':'))
      .map(
        ({ address, names }) =>
          ({ promise: 'hosts', line: knows(names[0] ?? '', address) }) as const,
      ),
    { promise: 'hostname', line: `[ "$(uname -n)" = ${word(hostname)} ]` },
    {
      promise: 'processes',
      // The brackets keep grep from finding itself.
      line: "[ -r /proc/1/cmdline ] && ! grep -s 'necessity-insid[e]' /proc/[0-9]*/cmdline",
    },
    {
      promise: 'files',
      // Whether it can write there is another question.
      line: `mkdir -p /run && echo here >${containerFile}; ! ls ${hostFile} /dev/.ctr${hostFile} /proc/1/root${hostFile} | grep host`,
    },
    firstUser !== null && { promise: 'users', line: '[ "$(id -u):$(id -g)" = 0:0 ]' },
  ];
  return lines.filter((one) => one !== false);
}

/** The tests of a lab: the promises of each container. */
export function probesOf(lab: Lab): readonly Probe[] {
  return lab.containers.flatMap((container) => [
    ...networkProbes(container, lab),
    ...[...worldProbes(), ...ownProbes(container)].map((one) => ({
      ...one,
      container: container.name,
    })),
  ]);
}
