import type { Text } from '../model/text.ts';
import { words } from './words.ts';

/** Problems of values that do not go together. */
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
      'give each interface its own name',
      '给每个接口不同的名字',
    ),
  E015: (bridge: string, other: string) =>
    words(
      `bridge ${bridge} belongs to network "${other}" already`,
      `网桥 ${bridge} 已属于网络 "${other}"`,
      'use one bridge for each network',
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
      `"${name}" cannot be a name here: ctr reserves it`,
      `这里不能用名字 "${name}"：它是 ctr 的保留名`,
      'choose another name',
      '换一个名字',
    ),
  E018: (bytes: number, most: number) =>
    words(
      `the command and its environment are ${bytes} bytes long as one line of shell; the limit is ${most}`,
      `命令和环境变量写成一行 shell 有 ${bytes} 字节，上限是 ${most}`,
      'move the long part into a file in the root file system',
      '把较长的部分放进根文件系统里的文件',
    ),
  E021: (address: string, why: keyof typeof unusableNames) =>
    words(
      `a host cannot use ${address}: it is ${unusableNames[why].en}`,
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
  E019: (device: string) =>
    words(
      `the default route already goes through ${device}: a container has only one`,
      `默认路由已经走 ${device}：一个容器只有一条`,
      'write "gateway": false here or at the other interface',
      '在这里或另一个接口写 "gateway": false',
    ),
  E029: (text: string, other: string) =>
    words(
      `${text} and ${other} give the same subnet two different prefixes`,
      `${text} 和 ${other} 给同一个子网写了两个不同的前缀长度`,
      'write the same prefix in both places, or leave the prefix out here',
      '两处写成一样，或者这里不写前缀长度',
    ),
  E033: (gateway: string) =>
    words(
      `the gateway ${gateway} is this container's own address`,
      `网关 ${gateway} 是这个容器自己的地址`,
      'write the address of another machine, or "auto" for the address of the bridge',
      '写另一台机器的地址；要用网桥的地址，写 "auto"',
    ),
  E024: (address: string) =>
    words(
      `${address} is the gateway's own address`,
      `${address} 是网关自己的地址`,
      'choose another address',
      '换一个地址',
    ),
  E025: (address: string, other: string) =>
    words(
      `address ${address} belongs to container "${other}" already`,
      `地址 ${address} 已属于容器 "${other}"`,
      'choose another address',
      '换一个地址',
    ),
  E026: (subnet: string, other: string, network: string) =>
    words(
      `subnet ${subnet} overlaps ${other} of network "${network}"`,
      `子网 ${subnet} 与网络 "${network}" 的 ${other} 重叠`,
      'choose subnets that share no address',
      '选互不重叠的子网',
    ),
  E034: (network: string, key: string) =>
    words(
      `network "${network}" has no IPv6 subnet, so ${key} means nothing here`,
      `网络 "${network}" 没有 IPv6 子网，这里的 ${key} 不起作用`,
      'give the network one, as in "subnet6": "auto" ("bridge_ip6" in the flat form), or leave this key out',
      '给网络加上 IPv6 子网，如 "subnet6": "auto"（平铺形式里是 "bridge_ip6"），或者去掉这个键',
    ),
  /** E022 for a config without a prefix. */
  withoutPrefix: (address: string, subnet: string, range: string, larger: string) =>
    words(
      `address ${address} is outside ${subnet}, the default subnet when no prefix is written`,
      `地址 ${address} 不在 ${subnet} 里（没有写前缀长度时的默认子网）`,
      `choose one from ${range}, or write a prefix: ${larger} contains both addresses`,
      `在 ${range} 里选一个，或者写明前缀长度：${larger} 包含这两个地址`,
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
      'choose another MAC, or leave "mac" out',
      '换一个，或者不写',
    ),
  E032: (mac: string) =>
    words(
      `MAC ${mac} begins with fe, which ctr reserves for the host's ends of veth pairs`,
      `MAC ${mac} 以 fe 开头，ctr 把它保留给 veth 对的宿主机端`,
      'begin it with 02',
      '以 02 开头',
    ),
  E041: (what: string) =>
    words(
      `replicas cannot share the fixed ${what}`,
      `多个副本不能共用固定的 ${what}`,
      'leave it out: ctr gives each replica its own',
      '去掉它：ctr 会给每个副本各分配一个',
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
      `the name ${name} of a replica is already in use, or longer than 31 characters`,
      `副本的名字 ${name} 已被占用，或超过 31 个字符`,
      'rename this container, or the one that has the name already',
      '给这个容器或占用该名字的容器改名',
    ),
  E044: (hostname: string) =>
    words(
      `the replica's host name ${hostname} is longer than 63 characters`,
      `副本的主机名 ${hostname} 超过 63 个字符`,
      'shorten "hostname"',
      '缩短 "hostname"',
    ),
  E071: (name: string, owner: string) =>
    words(
      `${name} is already a name of ${owner}, whose line comes first in /etc/hosts`,
      `${name} 已经是 ${owner} 的名字，后者那一行在 /etc/hosts 里排在前面`,
      'choose another name, or leave it out',
      '换一个名字，或者去掉它',
    ),
  E045: (name: string, owner: Text) =>
    words(
      `the host's interface name ${name} is already that of ${owner.en}`,
      `宿主机上的接口名 ${name} 已经给了${owner.zh}`,
      'choose another "host_interface", or leave it out',
      '换一个 "host_interface"，或者不写',
    ),
  E047: (port: string, owner: Text) =>
    words(
      `${port} collides with ${owner.en}: a port of the host leads to one container`,
      `${port} 与${owner.zh}冲突：宿主机的一个端口只能通往一个容器`,
      'choose another port of the host, or another address of it',
      '换一个宿主机端口，或者换宿主机的另一个地址',
    ),
  E048: (most: number) =>
    words(
      `this range has other numbers inside than outside, and more than ${most} ports`,
      `这个范围内外的端口号不同，而且超过 ${most} 个端口`,
      'give both ranges the same numbers, as in "8000-8999:8000-8999": then one rule is enough',
      '让两边的端口号相同，如 "8000-8999:8000-8999"，这样一条规则就够了',
    ),
  E070: (address: string) =>
    words(
      `name server ${address} is a loopback address: inside the container it means the container itself`,
      `域名服务器 ${address} 是回环地址：在容器里，它指容器自己`,
      'give a server that the container can reach',
      '写一个容器能到达的服务器',
    ),
  W071: (count: number) =>
    words(
      `there are ${count} name servers, but resolvers use only the first three (resolv.conf(5))`,
      `有 ${count} 个域名服务器，而解析器只用前三个 (resolv.conf(5))`,
      'keep the three that resolvers should ask',
      '只留要用的三个',
    ),
};

const unusableNames = {
  loopback: { en: 'a loopback address', zh: '回环地址' },
  multicast: { en: 'a multicast address', zh: '组播地址' },
  reserved: { en: 'reserved', zh: '保留地址' },
  network: { en: 'the address of the network itself', zh: '网络本身的地址' },
  broadcast: { en: 'the broadcast address', zh: '广播地址' },
  'link-local': { en: 'a link-local address', zh: '链路本地地址' },
  anycast: { en: 'the anycast address of all routers of the subnet', zh: '子网路由器的任播地址' },
} satisfies Record<string, Text>;
