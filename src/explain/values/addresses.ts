import { worldNames } from '../../model/world-addresses.ts';
import { type Describe, type Told, told } from './about.ts';

/** Dotted decimal as a number; undefined for anything else. */
function numberOf(address: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return undefined;
  const bytes = address.split('.').map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

interface Network {
  readonly first: string;
  readonly last: string;
  readonly prefix: number;
}

function networkOf(text: string): Network | undefined {
  const [address = '', length] = text.split('/');
  const value = numberOf(address);
  const prefix = length === undefined ? 32 : Number(length);
  if (value === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > 32) {
    return undefined;
  }
  const size = 2 ** (32 - prefix);
  const first = Math.floor(value / size) * size;
  return { first: dotted(first), last: dotted(first + size - 1), prefix };
}

/** Ranges with a meaning of their own (RFC 6890). */
const ranges: readonly (readonly [string, string, string])[] = [
  ['10.0.0.0/8', 'a private address (RFC 1918)', '私有地址 (RFC 1918)'],
  ['172.16.0.0/12', 'a private address (RFC 1918)', '私有地址 (RFC 1918)'],
  ['192.168.0.0/16', 'a private address (RFC 1918)', '私有地址 (RFC 1918)'],
  ['127.0.0.0/8', 'a loopback address: it never leaves the machine', '环回地址，不会离开本机'],
  [
    '169.254.0.0/16',
    'a link-local address, which no router forwards',
    '链路本地地址，路由器不转发',
  ],
  [
    '100.64.0.0/10',
    'an address for the NAT of a provider (RFC 6598)',
    '运营商 NAT 用的地址 (RFC 6598)',
  ],
  ['192.0.2.0/24', 'an address for documentation (RFC 5737)', '文档示例地址 (RFC 5737)'],
  ['198.51.100.0/24', 'an address for documentation (RFC 5737)', '文档示例地址 (RFC 5737)'],
  ['203.0.113.0/24', 'an address for documentation (RFC 5737)', '文档示例地址 (RFC 5737)'],
  ['224.0.0.0/4', 'a multicast address', '组播地址'],
];

function rangeOf(text: string): { readonly en: string; readonly zh: string } | undefined {
  const value = numberOf(text.split('/')[0] ?? '');
  if (value === undefined) return undefined;
  const found = ranges.find(([range]) => {
    const network = networkOf(range);
    if (network === undefined) return false;
    const [first, last] = [numberOf(network.first) ?? 0, numberOf(network.last) ?? 0];
    return value >= first && value <= last;
  });
  return found === undefined ? undefined : { en: found[1], zh: found[2] };
}

function nameOf(address: string): string | undefined {
  return Object.entries(worldNames).find(([, one]) => one === address)?.[0];
}

/** An address alone. */
export const host: Describe = (value) => {
  if (value.includes(':')) {
    return value === '::1'
      ? told('the IPv6 loopback address', 'IPv6 的环回地址')
      : told('an IPv6 address', '一个 IPv6 地址');
  }
  if (numberOf(value) === undefined) return undefined;
  const name = nameOf(value);
  const range = rangeOf(value);
  if (name !== undefined) return told(`the address of ${name}`, `${name} 的地址`);
  if (range !== undefined) return { means: range };
  return told('an IPv4 address', '一个 IPv4 地址');
};

/** An address with the length of its network, for an interface (ip-address(8)). */
export const address: Describe = (value, about) => {
  if (value.includes(':')) {
    return value.includes('/') && !value.endsWith('/128')
      ? told('an IPv6 address with its prefix', '带前缀长度的 IPv6 地址')
      : host(value.replace('/128', ''), about);
  }
  const network = networkOf(value);
  if (network === undefined) return undefined;
  if (!value.includes('/')) return host(value, about);
  const [own = ''] = value.split('/');
  const { first, last, prefix } = network;
  return told(
    `the address ${own}; /${prefix} says that the first ${prefix} bits are the network, so ${first} to ${last} are directly reachable`,
    `地址 ${own}；/${prefix} 表示前 ${prefix} 位是网络号，所以 ${first} 到 ${last} 可以直接到达`,
  );
};

/** A range of addresses (CIDR, RFC 4632). */
export const prefix: Describe = (value, about) => {
  if (value === '0.0.0.0/0') return told('every address', '所有地址');
  const network = networkOf(value);
  if (network === undefined) return value.includes(':') ? address(value, about) : undefined;
  if (network.prefix === 32) return host(value.split('/')[0] ?? '', about);
  const { first, last } = network;
  return told(`the addresses ${first} to ${last}`, `${first} 到 ${last} 的地址`);
};

/** What `-s` of an iptables rule compares with. */
export const source: Describe = (value, about) => {
  const range = prefix(value, about);
  const masqueraded = about.before.includes('POSTROUTING');
  if (range === undefined || !masqueraded || !value.includes('/')) return range;
  return told(`the containers' subnet: ${range.means.en}`, `容器所在的子网：${range.means.zh}`);
};

export const gateway: Describe = (value, about) => {
  if (host(value, about) === undefined) return undefined;
  return told(
    `the gateway: packets are handed to the machine that has ${value}, here the host, on its bridge`,
    `网关：数据包交给拥有 ${value} 的机器，这里就是宿主机（网桥上的地址）`,
  );
};

export const broadcast: Describe = (value) => {
  if (value === '+') {
    return told(
      '+: computed from the prefix, the last address of the subnet',
      '+：由前缀算出，即子网的最后一个地址',
    );
  }
  if (numberOf(value) === undefined) return undefined;
  return told(
    'the last address of the subnet: all machines in it',
    '子网的最后一个地址，表示子网内所有机器',
  );
};

/** IEEE 802: the two lowest bits of the first byte. */
export const mac: Describe = (value) => {
  if (!/^[\da-f]{2}(?::[\da-f]{2}){5}$/i.test(value)) return undefined;
  const [first = ''] = value.split(':');
  const byte = Number.parseInt(first, 16);
  if (value.toLowerCase() === 'ff:ff:ff:ff:ff:ff') {
    return told('the broadcast MAC: every station', '广播 MAC：所有站点');
  }
  if ((byte & 1) === 1)
    return told('a multicast MAC, no address of a card', '组播 MAC，不是网卡的地址');
  if ((byte & 2) === 0) {
    return told(
      `a MAC of a manufacturer (${value.slice(0, 8)})`,
      `厂商分配的 MAC (${value.slice(0, 8)})`,
    );
  }
  if (byte === 0xfe) {
    return told(
      'a locally administered MAC; fe is the highest first byte, so that a bridge never takes this one for itself',
      '本地管理的 MAC；首字节 fe 最大，网桥不会把它当成自己的 MAC',
    );
  }
  return told(
    `a locally administered MAC: the second lowest bit of ${first} says that no manufacturer assigned it`,
    `本地管理的 MAC：首字节 ${first} 的次低位为 1，表示不是厂商分配的`,
  );
};

/** A host or a range; for words that may be either. */
export const eitherAddress: Describe = (value, about): Told | undefined =>
  value.includes('/') ? prefix(value, about) : host(value, about);
