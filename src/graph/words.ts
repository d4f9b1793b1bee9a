import type { Text } from '../model/text.ts';
import type { DeviceState, Rule, Source, Status } from './topology.ts';

/** The words of the pictures. What the kernel and its tools call by name stays as they call it. */
export const words = {
  container: { en: 'container', zh: '容器' },
  host: { en: 'host', zh: '主机' },
  world: { en: 'world', zh: '外部网络' },
  bridge: { en: 'bridge', zh: '网桥' },
  pair: { en: 'veth pair', zh: 'veth 对' },
  route: { en: 'route', zh: '路由' },
  forwards: { en: 'forwarding', zh: '转发' },
  filter: { en: 'filter', zh: '过滤' },
  nat: { en: 'NAT', zh: '地址转换' },
  interface: { en: 'interface', zh: '接口' },
  address: { en: 'address', zh: '地址' },
  state: { en: 'state', zh: '状态' },
  kernel: { en: 'routing and packet filter', zh: '路由与包过滤' },
  off: { en: 'off', zh: '关闭' },
} satisfies Record<string, Text>;

export const states: Readonly<Record<DeviceState, Text>> = {
  up: { en: 'up', zh: '已启用' },
  down: { en: 'down', zh: '未启用' },
  'no-carrier': { en: 'no carrier', zh: '无载波' },
  'lower-down': { en: 'other end down', zh: '对端未启用' },
};

/** A state as a symbol, for pictures. */
export const stateSymbols: Readonly<Record<DeviceState, string>> = {
  up: '●',
  down: '○',
  'no-carrier': '◐',
  'lower-down': '◐',
};

export const statusWords: Readonly<Record<Exclude<Status, 'same'>, Text>> = {
  new: { en: 'new', zh: '新增' },
  changed: { en: 'changed', zh: '有变化' },
  gone: { en: 'gone', zh: '已消失' },
};

export const statusSymbols: Readonly<Record<Status, string>> = {
  same: ' ',
  new: '+',
  changed: '~',
  gone: '-',
};

/** Says whether a picture is of a plan or of what the kernel had, and when. */
export function sourceText({ from, at, step }: Source): Text {
  const time =
    at === undefined ? '' : ` ${at.replace('T', ' ').replace(/\.\d+/, '').replace('Z', ' UTC')}`;
  switch (from) {
    case 'plan':
      return { en: 'planned: what ctr up will make', zh: '计划：ctr up 将要建立的网络' };
    case 'kernel':
      return { en: `read from the kernel${time}`, zh: `读自内核${time}` };
    case 'recording':
      return {
        en: `recording, step ${step ?? '?'}${time === '' ? '' : ','}${time}`,
        zh: `录制，第 ${step ?? '?'} 步${time === '' ? '' : '，'}${time.trimStart()}`,
      };
  }
}

/** The name of the run, and where its picture is from. */
export function headingText({ name, source }: { name: string; source: Source }): Text {
  const { en, zh } = sourceText(source);
  return { en: `${name} (${en})`, zh: `${name}（${zh}）` };
}

/** A rule as a short line. */
export function ruleText({ what, value, bridge = '' }: Rule, arrow = '→'): Text {
  switch (what) {
    case 'policy':
      return { en: `FORWARD policy ${value}`, zh: `FORWARD 默认策略 ${value}` };
    case 'between':
      return {
        en: `${bridge} ${arrow} ${bridge} ACCEPT`,
        zh: `${bridge} ${arrow} ${bridge} ACCEPT`,
      };
    case 'outward':
      return {
        en: `${bridge} ${arrow} elsewhere ACCEPT`,
        zh: `${bridge} ${arrow} 其他接口 ACCEPT`,
      };
    case 'answers':
      return {
        en: `answers ${arrow} ${bridge} ACCEPT`,
        zh: `应答包 ${arrow} ${bridge} ACCEPT`,
      };
    case 'masquerade':
      return {
        en: `${value} not out of ${bridge} ${arrow} MASQUERADE`,
        zh: `${value} 不从 ${bridge} 发出 ${arrow} MASQUERADE`,
      };
    case 'nat':
      return { en: value, zh: value };
  }
}

/** A route as ip-route(8) prints it. */
export function routeLine({
  to,
  via,
  dev,
}: {
  to: string;
  via?: string | undefined;
  dev: string;
}): string {
  return via === undefined ? `${to} dev ${dev}` : `${to} via ${via}`;
}

export function portOf(bridge: string): Text {
  return { en: `port of ${bridge}`, zh: `接在 ${bridge} 上` };
}

export function portsOfOthers(count: number): Text {
  return {
    en: `${count} more ${count === 1 ? 'port' : 'ports'}, not of this run`,
    zh: `另有 ${count} 个端口不属于本次运行`,
  };
}

export function beyond(uplinks: readonly string[]): Text {
  const list = uplinks.join(', ');
  return { en: `what lies beyond ${list}`, zh: `${uplinks.join('、')} 之外的网络` };
}
