import { bridgePorts } from '../model/bridge-ports.ts';
import {
  addressOf,
  ipv4,
  ipv6,
  isNot,
  mac,
  macFix,
  mtu,
  mtuFix,
  nameOf,
  orAuto,
  plainAddress,
  type ValueProblem,
} from './value-words.ts';
import { shown, words } from './words.ts';

/** All kinds of values in the schema, with a description of valid ones. */
export const valueProblems = {
  'run name': nameOf('a run', '运行名', 'lab'),
  'container name': nameOf('a container', '容器名', 'web'),
  'network name': nameOf('a network', '网络名', 'front'),
  'host name': isNot(
    'E010',
    { en: 'a host name', zh: '有效的主机名' },
    {
      en: 'one label (RFC 1123): letters, digits and hyphens, no hyphen at either end, at most 63 characters, as in "labex"',
      zh: '一个标签 (RFC 1123)：字母、数字和连字符，首尾不能是连字符，最多 63 个字符，如 "labex"',
    },
  ),
  'search domain': isNot(
    'E010',
    { en: 'a search domain', zh: '有效的搜索域' },
    {
      en: 'labels of letters, digits and hyphens with dots between them, at most 253 characters, as in "corp.example"',
      zh: '由点分隔的标签，每个标签用字母、数字和连字符，最多 253 个字符，如 "corp.example"',
    },
  ),
  'resolver option': isNot(
    'E010',
    { en: 'a resolver option', zh: '有效的解析器选项' },
    {
      en: 'an option from resolv.conf(5) in lower case, as in "ndots:1", "timeout:2" or "rotate"',
      zh: 'resolv.conf(5) 里的选项，用小写，如 "ndots:1"、"timeout:2" 或 "rotate"',
    },
  ),
  'hosts name': isNot(
    'E010',
    { en: 'a name for /etc/hosts', zh: '能写进 /etc/hosts 的名字' },
    {
      en: 'letters, digits, hyphens and dots, a letter or digit first, at most 253 characters, as in "db.example"',
      zh: '字母、数字、连字符和点，以字母或数字开头，最多 253 个字符，如 "db.example"',
    },
  ),
  'interface name': isNot(
    'E011',
    { en: 'a name for a network interface', zh: '有效的网络接口名' },
    {
      en: 'at most 15 letters, digits, hyphens, dots and underscores, a letter first, as in "ctr0"',
      zh: '最多 15 个字母、数字、连字符、点和下划线，以字母开头，如 "ctr0"',
    },
  ),
  'free name': {
    code: 'E012',
    say: (key, value) =>
      words(
        `"${key}" is a name that the kernel reserves: ${shown(value)}`,
        `"${key}" 用了内核保留的名字：${shown(value)}`,
        'choose another name, as in "ctr0"',
        '换一个名字，如 "ctr0"',
      ),
  },
  address: addressOf(
    ipv4,
    `${plainAddress.en} and without a prefix, as in "192.168.0.1"`,
    `${plainAddress.zh}，也不带前缀长度，如 "192.168.0.1"`,
  ),
  'address with or without prefix': addressOf(
    ipv4,
    `${plainAddress.en}, as in "192.168.0.100" or, with a prefix, "192.168.0.100/16"`,
    `${plainAddress.zh}，如 "192.168.0.100"，带前缀长度就写 "192.168.0.100/16"`,
  ),
  subnet: addressOf(
    { en: 'an IPv4 subnet', zh: '有效的 IPv4 子网' },
    'the network address and its prefix, as in "10.88.0.0/24"; or "auto"',
    '网络地址加前缀长度，如 "10.88.0.0/24"；或者 "auto"',
  ),
  'IPv6 address': addressOf(
    ipv6,
    'groups of hexadecimal digits without a prefix, as in "fd00:88::1"',
    '用冒号分隔的十六进制数字，不带前缀长度，如 "fd00:88::1"',
  ),
  'IPv6 address with or without prefix': addressOf(
    ipv6,
    'groups of hexadecimal digits, as in "fd00:88::100" or, with a prefix, "fd00:88::100/64"',
    '用冒号分隔的十六进制数字，如 "fd00:88::100"，带前缀长度就写 "fd00:88::100/64"',
  ),
  'IPv6 subnet': addressOf(
    { en: 'an IPv6 subnet', zh: '有效的 IPv6 子网' },
    'an address and its prefix, as in "fd00:88::/64"; or "auto"',
    '地址加前缀长度，如 "fd00:88::/64"；或者 "auto"',
  ),
  'address of either': addressOf(
    { en: 'an IPv4 or IPv6 address', zh: '有效的 IPv4 或 IPv6 地址' },
    'an address without a prefix, as in "192.168.0.1" or "fd00:88::1"',
    '不带前缀长度的地址，如 "192.168.0.1" 或 "fd00:88::1"',
  ),
  'default gateway': addressOf(
    { en: 'a gateway', zh: '有效的网关' },
    '"auto"; false for none; or an IPv4 address without a prefix, as in "10.88.0.1"',
    '"auto"；不要网关写 false；或者不带前缀长度的 IPv4 地址，如 "10.88.0.1"',
  ),
  'name servers': addressOf(
    { en: 'a list of name servers', zh: '域名服务器列表' },
    '"auto", or a list of addresses, as in ["1.1.1.1", "8.8.8.8"]',
    '"auto"，或者地址的列表，如 ["1.1.1.1", "8.8.8.8"]',
  ),
  mac: isNot('E030', mac, macFix),
  'mac or auto': isNot('E030', mac, orAuto(macFix)),
  mtu: isNot('E080', mtu, mtuFix),
  'mtu or auto': isNot('E080', mtu, orAuto(mtuFix)),
  firewall: isNot(
    'E084',
    { en: 'a firewall', zh: '有效的防火墙' },
    {
      en: '"iptables", "nftables", or "auto" for what the rules of the host are in',
      zh: '"iptables"、"nftables"，或 "auto"（跟随本机已有的规则）',
    },
  ),
  memory: isNot(
    'E081',
    { en: 'an amount of memory', zh: '有效的内存大小' },
    {
      en: 'a number of bytes, or a string with K, M or G, at least 1M, as in "64M"',
      zh: '字节数，或者带 K、M、G 的字符串，至少 1M，如 "64M"',
    },
  ),
  pids: isNot(
    'E082',
    { en: 'a number of processes', zh: '有效的进程数' },
    { en: 'a whole number from 1 to 4194304, as in 100', zh: '1 到 4194304 的整数，如 100' },
  ),
  replicas: isNot(
    'E040',
    { en: 'a number of containers', zh: '有效的容器数量' },
    {
      en: `a whole number from 1 to ${bridgePorts}, the ports that a bridge has`,
      zh: `1 到 ${bridgePorts} 的整数；一个网桥最多这么多端口`,
    },
  ),
  port: isNot(
    'E046',
    { en: 'a published port', zh: '有效的发布端口' },
    {
      en: 'HOST:CONTAINER with ports from 1 to 65535, as in "8080:80", "127.0.0.1:8080:80/udp", "[2001:db8::1]:8080:80" or, with ranges of the same size, "8000-8010:80-90"',
      zh: '写成 宿主机端口:容器端口，端口在 1 到 65535 之间，如 "8080:80"、"127.0.0.1:8080:80/udp"、"[2001:db8::1]:8080:80"；范围两边要一样大，如 "8000-8010:80-90"',
    },
  ),
  argument: {
    code: 'E006',
    say: (key, value) =>
      words(
        `"${key}" contains text that cannot be passed to a program: ${shown(value)}`,
        `"${key}" 里有不能传给程序的内容：${shown(value)}`,
        'leave out NUL characters, and keep each entry below 65536 characters',
        '去掉 NUL 字符，每一项不超过 65536 个字符',
      ),
  },
  program: {
    code: 'E005',
    say: (key, value) =>
      words(
        `"${key}" does not begin with a program: ${shown(value)}`,
        `"${key}" 的第一项不是程序：${shown(value)}`,
        'name the program first, then its arguments, as in ["sleep", "60"]',
        '先写程序，再写参数，如 ["sleep", "60"]',
      ),
  },
  'variable name': isNot(
    'E007',
    { en: 'a name for an environment variable', zh: '有效的环境变量名' },
    {
      en: 'letters, digits and underscores, not a digit first, as in "LANG"',
      zh: '字母、数字和下划线，不以数字开头，如 "LANG"',
    },
  ),
  'absolute path': isNot(
    'E008',
    { en: 'an absolute path', zh: '绝对路径' },
    {
      en: 'begin it with / and leave out control characters, as in "/root"',
      zh: '以 / 开头，不含控制字符，如 "/root"',
    },
  ),
  'one subnet': {
    code: 'E009',
    say: (key, value) =>
      words(
        `"${key}" must have exactly one entry${Array.isArray(value) ? `, and has ${value.length}` : ''}`,
        `"${key}" 必须正好有一项${Array.isArray(value) ? `，现在有 ${value.length} 项` : ''}`,
        'give one IPv4 subnet; for a second subnet, add another network',
        '只写一个 IPv4 子网；第二个子网请另建一个网络',
      ),
  },
  'one address': {
    code: 'E009',
    say: (key, value) =>
      words(
        `"${key}" may have only one entry${Array.isArray(value) ? `, and has ${value.length}` : ''}`,
        `"${key}" 最多一项${Array.isArray(value) ? `，现在有 ${value.length} 项` : ''}`,
        'give one IPv4 address; for a second address, add another interface',
        '只写一个 IPv4 地址；第二个地址请另加一个接口',
      ),
  },
  'path for mount': {
    code: 'E050',
    say: (key, value) =>
      words(
        `"${key}" contains a character that mount options cannot contain: ${shown(value)}`,
        `"${key}" 含有挂载选项不能用的字符：${shown(value)}`,
        'use a path without , : \\ " and control characters',
        '路径里不要有 , : \\ " 和控制字符',
      ),
  },
  'no path': {
    code: 'E003',
    say: (key) =>
      words(
        `"${key}" is empty`,
        `"${key}" 是空的`,
        'give a directory, as in "./labex"',
        '写一个目录，如 "./labex"',
      ),
  },
  'no command': {
    code: 'E003',
    say: (key) =>
      words(
        `"${key}" is empty`,
        `"${key}" 是空的`,
        'give a program, as in ["/bin/sh"], or leave the key out: the default is ["/bin/sh"]',
        '写一个程序，如 ["/bin/sh"]；不写这个键，默认是 ["/bin/sh"]',
      ),
  },
  'no interface': {
    code: 'E003',
    say: (key) =>
      words(
        `"${key}" is empty`,
        `"${key}" 是空的`,
        'give the container an interface, as in [{ "network": "front" }]',
        '给容器一个接口，如 [{ "network": "front" }]',
      ),
  },
  'no container': {
    code: 'E003',
    say: (key) =>
      words(
        `"${key}" is empty`,
        `"${key}" 是空的`,
        'add a container, as in "web": { "rootfs": "./labex", "interfaces": [{ "network": "front" }] }',
        '写一个容器，如 "web": { "rootfs": "./labex", "interfaces": [{ "network": "front" }] }',
      ),
  },
  version: {
    code: 'E003',
    say: (key, value) =>
      words(
        `"${key}" must be 1, not ${shown(value)}`,
        `"${key}" 必须是 1，不能是 ${shown(value)}`,
        'write "version": 1',
        '写成 "version": 1',
      ),
  },
} satisfies Record<string, ValueProblem>;

export type ValueKind = keyof typeof valueProblems;

export function isValueKind(text: string): text is ValueKind {
  return Object.hasOwn(valueProblems, text);
}
