import { type Describe, told } from './about.ts';

/** Settings of IPv6 for an interface (kernel: networking/ip-sysctl), of `all` of them, or of later ones. */
const settings6: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  force_forwarding: [
    'whether IPv6 packets that arrive there are passed on, whatever all/forwarding says',
    '从它进来的 IPv6 包是否转发，不管 all/forwarding 的值',
  ],
  forwarding: [
    'whether it behaves like a router for IPv6: a router ignores router advertisements',
    '在 IPv6 里是否充当路由器；路由器会忽略路由通告',
  ],
  disable_ipv6: ['whether it has no IPv6', '是否禁用 IPv6'],
  accept_ra: [
    'whether it takes routes from router advertisements',
    '是否接受路由通告 (RA) 里的路由',
  ],
  autoconf: [
    'whether it makes addresses of the prefixes in router advertisements (SLAAC)',
    '是否按路由通告里的前缀自动生成地址 (SLAAC)',
  ],
  accept_dad: [
    'whether a new address waits until nobody has claimed it (DAD)',
    '新地址是否先做重复地址检测 (DAD)',
  ],
};

function setting6(key: string): ReturnType<Describe> {
  const [, link = '', name = ''] = /^net\/ipv6\/conf\/(.+)\/(\w+)$/.exec(key) ?? [];
  const found = settings6[name];
  if (found === undefined) return undefined;
  const [en, zh] = found;
  if (link === 'all' && name === 'forwarding') {
    return told(
      'whether this machine forwards IPv6 packets, as a router',
      '本机是否转发 IPv6 包，即充当路由器',
    );
  }
  return told(`IPv6 on ${link}: ${en}`, `${link} 上的 IPv6：${zh}`);
}

/** sysctl(8): a key with slashes or dots. */
export const setting: Describe = (value) => {
  const key = value.replaceAll('.', '/').replace(/^-/, '');
  const [, link] =
    /^net\/ipv4\/conf\/(.+)\/forwarding$/.exec(value.includes('/') ? value : key) ?? [];
  if (link !== undefined) {
    return told(
      `whether packets that arrive at ${link} are passed on to another interface`,
      `从 ${link} 进来的包是否转发到别的接口`,
    );
  }
  const six = setting6(value.includes('/') ? value : key);
  if (six !== undefined) return six;
  const settings: Readonly<Record<string, readonly [string, string]>> = {
    'net/ipv4/ip_forward': [
      'whether this machine forwards IPv4 packets at all, as a router',
      '本机是否转发 IPv4 包，即充当路由器',
    ],
    'net/ipv4/conf/all/rp_filter': [
      'whether a packet is dropped whose source would be answered elsewhere',
      '是否丢弃回程走别的接口的包',
    ],
    'kernel/hostname': ['the host name', '主机名'],
    'net/bridge/bridge-nf-call-iptables': [
      'whether frames inside a bridge also pass iptables',
      '网桥内部的帧是否也要经过 iptables',
    ],
    'user/max_user_namespaces': [
      'how many user namespaces may be made',
      '最多能创建多少个用户命名空间',
    ],
  };
  const one = settings[key];
  if (one !== undefined) return told(one[0], one[1]);
  return /^[a-z]+(?:\/[\w.@-]+)+$/.test(key)
    ? told(`the setting /proc/sys/${key}`, `设置项 /proc/sys/${key}`)
    : undefined;
};

/** sysctl(8), `-w`: key=value. */
export const assignedSetting: Describe = (value, about) => {
  const at = value.indexOf('=');
  if (at < 0) return setting(value, about);
  const [key, to] = [value.slice(0, at), value.slice(at + 1)];
  const means = setting(key, about)?.means;
  if (means === undefined) return undefined;
  const [en, zh] = to === '1' ? ['1, yes', '1，是'] : to === '0' ? ['0, no', '0，否'] : [to, to];
  return {
    means: { en: `set ${means.en}`, zh: `设置：${means.zh}` },
    parts: [
      {
        text: key,
        means: {
          en: `the file /proc/sys/${key.includes('/') ? key : key.replaceAll('.', '/')}`,
          zh: `即文件 /proc/sys/${key.includes('/') ? key : key.replaceAll('.', '/')}`,
        },
      },
      { text: `=${to}`, means: { en: `the new value: ${en}`, zh: `新的值：${zh}` } },
    ],
  };
};
