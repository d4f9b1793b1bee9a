import type { Text } from '../text.ts';
import { bridgePorts } from './replicas.ts';

/** What a problem of a code says: what is wrong, and how to mend it. */
export interface Words {
  readonly message: Text;
  readonly fix?: Text;
}

/** A value as the config wrote it, short and without power over the terminal. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function words(en: string, zh: string, fixEn?: string, fixZh?: string): Words {
  return {
    message: { en, zh },
    ...(fixEn === undefined ? {} : { fix: { en: fixEn, zh: fixZh ?? fixEn } }),
  };
}

type Say = (key: string, value: unknown) => Words;

/** Problems of one value, by the code that the schema names (zod's error text). */
export const valueProblems: Readonly<Record<string, Say>> = {
  E003: (key, value) =>
    words(
      `"${key}" is missing or of the wrong type: ${shown(value)}`,
      `"${key}" 缺失或类型不对：${shown(value)}`,
    ),
  E006: (key, value) =>
    words(
      `"${key}" holds what no program can be given: ${shown(value)}`,
      `"${key}" 里有不能传给程序的内容：${shown(value)}`,
      'a command starts with a program, and no argument holds a NUL character',
      '命令以程序开头，参数不能含 NUL 字符',
    ),
  E007: (key) =>
    words(
      `"${key}" is not a name for an environment variable`,
      `"${key}" 不能用作环境变量名`,
      'letters, digits and underscores, not a digit first',
      '用字母、数字和下划线，不以数字开头',
    ),
  E008: (key, value) =>
    words(
      `"${key}" is not an absolute path: ${shown(value)}`,
      `"${key}" 不是绝对路径：${shown(value)}`,
      'begin it with /',
      '以 / 开头',
    ),
  E009: (key) =>
    words(
      `"${key}" holds more or fewer entries than one`,
      `"${key}" 的项数不是一项`,
      'give one IPv4 entry',
      '只写一项 IPv4',
    ),
  E010: (key, value) =>
    words(
      `"${key}" is not a name: ${shown(value)}`,
      `"${key}" 不能用作名字：${shown(value)}`,
      'letters, digits and hyphens, a letter first; run, network and container names in lower case, at most 31',
      '用字母、数字和连字符，以字母开头；运行、网络和容器名用小写，最多 31 个字符',
    ),
  E011: (key, value) =>
    words(
      `"${key}" is not a name for an interface: ${shown(value)}`,
      `"${key}" 不能用作网络接口名：${shown(value)}`,
      'at most 15 letters, digits, hyphens, dots and underscores, a letter first',
      '最多 15 个字母、数字、连字符、点和下划线，以字母开头',
    ),
  E012: (key, value) =>
    words(
      `"${key}" is a name the kernel keeps for itself: ${shown(value)}`,
      `"${key}" 是内核保留的名字：${shown(value)}`,
      'choose another name',
      '换一个名字',
    ),
  E020: (key, value) =>
    words(
      `"${key}" is not an IPv4 address: ${shown(value)}`,
      `"${key}" 不是 IPv4 地址：${shown(value)}`,
      'four numbers from 0 to 255 without leading zeros, as in 192.168.0.100 or 192.168.0.100/16',
      '四个 0 到 255 的数字，不带前导零，如 192.168.0.100 或 192.168.0.100/16',
    ),
  E030: (key, value) =>
    words(
      `"${key}" is not a MAC address of one station: ${shown(value)}`,
      `"${key}" 不是单播 MAC 地址：${shown(value)}`,
      'six pairs of hexadecimal digits, not all zero, the first pair even, as in 02:42:c0:a8:00:64',
      '六组十六进制数，不全为零，第一组为偶数，如 02:42:c0:a8:00:64',
    ),
  E040: (key, value) =>
    words(
      `"${key}" is not a number of containers: ${shown(value)}`,
      `"${key}" 不是有效的容器数量：${shown(value)}`,
      `a whole number from 1 to ${bridgePorts}, the ports that a bridge has`,
      `1 到 ${bridgePorts} 的整数；一个网桥最多这么多端口`,
    ),
  E050: (key, value) =>
    words(
      `"${key}" holds a character that mount options cannot carry: ${shown(value)}`,
      `"${key}" 含有挂载选项不能用的字符：${shown(value)}`,
      'use a path without , : \\ " and control characters',
      '路径里不要有 , : \\ " 和控制字符',
    ),
  E081: (key, value) =>
    words(
      `"${key}" is not an amount of memory: ${shown(value)}`,
      `"${key}" 不是内存大小：${shown(value)}`,
      'bytes, or a number with K, M or G, from 1M on, as in "64M"',
      '字节数，或者带 K、M、G 的数字，至少 1M，如 "64M"',
    ),
  E082: (key, value) =>
    words(
      `"${key}" is not a number of processes: ${shown(value)}`,
      `"${key}" 不是进程数：${shown(value)}`,
      'a whole number from 1 to 4194304',
      '1 到 4194304 的整数',
    ),
  E080: (key, value) =>
    words(
      `"${key}" is not an MTU: ${shown(value)}`,
      `"${key}" 不是有效的 MTU：${shown(value)}`,
      'a whole number from 68 to 65535',
      '68 到 65535 的整数',
    ),
};

/** Problems between values. */
export const crossProblems = {
  E013: (network: string, near: string | undefined) =>
    words(
      `there is no network "${network}"`,
      `没有网络 "${network}"`,
      near === undefined ? 'add it to "networks"' : `did you mean "${near}"?`,
      near === undefined ? '把它加到 "networks"' : `是不是 "${near}"？`,
    ),
  E014: (name: string) =>
    words(
      `two interfaces of one container are named ${name}`,
      `同一个容器有两个接口都叫 ${name}`,
      'give each a name of its own',
      '给每个接口不同的名字',
    ),
  E015: (bridge: string, other: string) =>
    words(
      `bridge ${bridge} belongs to network "${other}" already`,
      `网桥 ${bridge} 已属于网络 "${other}"`,
      'one bridge for each network',
      '每个网络用一个网桥',
    ),
  E016: (hostname: string, other: string) =>
    words(
      `the name ${hostname} belongs to container "${other}" already`,
      `名字 ${hostname} 已属于容器 "${other}"`,
      'choose another "hostname"',
      '换一个 "hostname"',
    ),
  E017: (name: string) =>
    words(
      `"${name}" cannot be a name here: ctr itself means something else by it`,
      `这里不能用名字 "${name}"：ctr 自己用它表示别的东西`,
      'choose another name',
      '换一个名字',
    ),
  E018: (bytes: number, most: number) =>
    words(
      `the command and its environment take ${bytes} bytes as a line of shell, more than ${most}`,
      `命令和环境变量写成一行 shell 有 ${bytes} 字节，超过 ${most}`,
      'put what is long into a file of the root file system',
      '把长的内容放进根文件系统里的文件',
    ),
  E021: (address: string, why: keyof typeof unusableNames) =>
    words(
      `no host can have ${address}: it is ${unusableNames[why].en}`,
      `主机不能用 ${address}：它是${unusableNames[why].zh}`,
      'choose an ordinary address of the subnet',
      '在子网里选一个普通地址',
    ),
  E022: (address: string, subnet: string, range: string) =>
    words(
      `address ${address} is outside ${subnet}`,
      `地址 ${address} 不在 ${subnet} 里`,
      `choose one from ${range}`,
      `在 ${range} 里选一个`,
    ),
  E023: (gateway: string, subnet: string, range: string) =>
    words(
      `gateway ${gateway} is outside ${subnet}`,
      `网关 ${gateway} 不在 ${subnet} 里`,
      `choose one from ${range}`,
      `在 ${range} 里选一个`,
    ),
  E024: (address: string) =>
    words(
      `${address} is the gateway's own address`,
      `${address} 是网关自己的地址`,
      'choose another one',
      '换一个地址',
    ),
  E025: (address: string, other: string) =>
    words(
      `address ${address} belongs to container "${other}" already`,
      `地址 ${address} 已属于容器 "${other}"`,
      'choose another one',
      '换一个地址',
    ),
  E026: (subnet: string, other: string, network: string) =>
    words(
      `subnet ${subnet} overlaps ${other} of network "${network}"`,
      `子网 ${subnet} 与网络 "${network}" 的 ${other} 重叠`,
      'choose subnets that share no address',
      '选没有公共地址的子网',
    ),
  E028: (subnet: string, base: string) =>
    words(
      `${subnet} is an address, not a subnet`,
      `${subnet} 是地址，不是子网`,
      `write ${base}`,
      `写成 ${base}`,
    ),
  E031: (mac: string, other: string) =>
    words(
      `MAC ${mac} belongs to container "${other}" already`,
      `MAC ${mac} 已属于容器 "${other}"`,
      'choose another one, or leave it out',
      '换一个，或者不写',
    ),
  E032: (mac: string) =>
    words(
      `MAC ${mac} begins with fe, which marks the host's ends of the cables`,
      `MAC ${mac} 以 fe 开头，那是宿主机一端网线的标志`,
      'begin it with 02',
      '以 02 开头',
    ),
  E041: (what: string) =>
    words(
      `replicas cannot share the fixed ${what}`,
      `多个副本不能共用固定的 ${what}`,
      'leave it out: each replica gets one of its own',
      '去掉它：每个副本会得到自己的',
    ),
  E042: (wanted: number, network: string, room: number) =>
    words(
      `${wanted} containers do not fit into network "${network}": it has room for ${room}`,
      `网络 "${network}" 放不下 ${wanted} 个容器：只有 ${room} 个位置`,
      'use a larger subnet, or fewer containers',
      '用更大的子网，或者减少容器',
    ),
  E043: (name: string) =>
    words(
      `the replica ${name} has a name that is taken, or longer than 31 characters`,
      `副本 ${name} 的名字已被占用，或超过 31 个字符`,
      'give one of the two another name',
      '给其中一个换个名字',
    ),
  E070: (address: string) =>
    words(
      `name server ${address} is a loopback address: inside the container that is the container itself`,
      `域名服务器 ${address} 是回环地址：在容器里那就是容器自己`,
      'name a server that can be reached',
      '写一个能到达的服务器',
    ),
  W071: (count: number) =>
    words(
      `${count} name servers: resolvers read the first three (resolv.conf(5))`,
      `${count} 个域名服务器：解析器只读前三个 (resolv.conf(5))`,
    ),
};

const unusableNames = {
  loopback: { en: 'a loopback address', zh: '回环地址' },
  multicast: { en: 'a multicast address', zh: '组播地址' },
  reserved: { en: 'reserved', zh: '保留地址' },
  network: { en: 'the address of the network itself', zh: '网络本身的地址' },
  broadcast: { en: 'the broadcast address', zh: '广播地址' },
} satisfies Record<string, Text>;
