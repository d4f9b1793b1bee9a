import type { Text } from '../model/text.ts';
import type { CausedChange, Change } from './change.ts';

/** A change as the cells of a line. */
export interface Told {
  /** `+` new, `-` gone, `~` another value, `→` moved, `!` nobody asked for it. */
  readonly sign: '+' | '-' | '~' | '→' | '!';
  /** The interface, or what kind of thing it is. */
  readonly what: Text;
  readonly detail: Text;
  readonly cause: Text;
  /** Where a surprise comes from. */
  readonly why?: Text;
}

const signs = { added: '+', removed: '-', changed: '~', moved: '→' } as const;

function same(text: string): Text {
  return { en: text, zh: text };
}

/** What of an object changes, as a learner calls it. */
const fields: Readonly<Record<string, Text>> = {
  up: { en: 'admin', zh: '启用' },
  state: { en: 'state', zh: '状态' },
  carrier: { en: 'carrier', zh: '载波' },
  name: { en: 'name', zh: '名称' },
  master: { en: 'master', zh: '所属网桥' },
  group: { en: 'group', zh: '组' },
  altname: { en: 'altname', zh: '别名' },
  hairpin: { en: 'hairpin', zh: '发夹转发' },
  port: { en: 'port', zh: '端口状态' },
  linkdown: { en: 'linkdown', zh: 'linkdown' },
  policy: { en: 'policy', zh: '策略' },
  mac: { en: 'MAC', zh: 'MAC' },
  mtu: { en: 'MTU', zh: 'MTU' },
  command: { en: 'command', zh: '命令' },
  'file system': { en: 'file system', zh: '文件系统' },
};

const values: Readonly<Record<string, Text>> = {
  yes: { en: 'yes', zh: '有' },
  no: { en: 'no', zh: '无' },
  up: { en: 'up', zh: '是' },
  down: { en: 'down', zh: '否' },
};

/** A container's first process waits in this shell until ctr opens its gate. */
const waiting: Text = { en: 'waiting for ctr', zh: '等待 ctr' };

function valueText({ field }: Change, value: string | undefined): Text {
  if (value === undefined) return same('–');
  if (field === 'command' && / ctr:\S+\/\S+ /.test(value)) return waiting;
  return values[value] ?? same(value);
}

function joined(...parts: readonly Text[]): Text {
  const side = (language: keyof Text) =>
    parts
      .map((part) => part[language])
      .filter((text) => text !== '')
      .join(' ');
  return { en: side('en'), zh: side('zh') };
}

/** `state DOWN → UP`; a value that is all there is to say stands alone. */
function fromTo(change: Change): Text {
  const { field = '', from, to } = change;
  const name = field === 'value' ? same('') : (fields[field] ?? same(field));
  return joined(name, valueText(change, from), same('→'), valueText(change, to));
}

const names: { readonly [Object in Change['object']]: Text } = {
  namespace: { en: 'namespaces', zh: '命名空间' },
  process: { en: 'process 1', zh: '1 号进程' },
  hostname: { en: 'host name', zh: '主机名' },
  mount: { en: 'mount', zh: '挂载' },
  link: { en: 'link', zh: '接口' },
  address: { en: 'address', zh: '地址' },
  route: { en: 'route', zh: '路由' },
  rule: { en: 'rule', zh: '策略规则' },
  neighbour: { en: 'neighbour', zh: '邻居' },
  fdb: { en: 'fdb', zh: 'fdb' },
  firewall: { en: 'firewall', zh: '防火墙' },
  sysctl: { en: 'sysctl', zh: 'sysctl' },
};

const kindNames: Readonly<Record<string, Text>> = {
  bridge: { en: 'bridge', zh: '网桥' },
  veth: { en: 'veth', zh: 'veth' },
};

/** What came or went. */
function objectText(change: Change): Text {
  const { object, of, kind = '', to, from } = change;
  switch (object) {
    case 'link':
      if (change.op === 'moved') return { en: `came from ${from}`, zh: `从 ${from} 移来` };
      return kindNames[kind] ?? same(kind);
    case 'namespace':
      return {
        en: 'network, mounts, processes, host name, IPC',
        zh: '网络、挂载、进程、主机名、IPC',
      };
    case 'process':
      return to === undefined ? same('') : valueText({ ...change, field: 'command' }, to);
    case 'address':
      return joined(names.address, same(of.replace(/ dev .*/, '')));
    case 'fdb':
      return same(of.replace(/ master .*| self$/, '').replace(' dev ', ' dev '));
    case 'firewall':
      return kind === 'table' ? { en: `table ${of} (${to})`, zh: `表 ${of}（${to}）` } : same(of);
    case 'sysctl':
      return same(`${of} = ${to ?? from}`);
    case 'route':
      return joined(same(of), same(to ?? ''));
    case 'mount':
      return same(kind === '' ? of : `${of} (${kind})`);
    default:
      return same(of);
  }
}

/** The interface for what belongs to one and is short; else what kind of thing it is. */
function whatOf({ object, of, dev }: Change): Text {
  if (object === 'link') return same(of);
  return object === 'address' && dev !== undefined ? same(dev) : names[object];
}

function detailOf(change: Change): Text {
  const { object, op, of } = change;
  if (op !== 'changed') return objectText(change);
  if (object === 'link' || object === 'process' || object === 'hostname') return fromTo(change);
  const about = ['mount', 'sysctl', 'route'].includes(object) ? same(of) : objectText(change);
  return joined(about, fromTo(change));
}

const causes = {
  asked: { en: 'asked for', zh: '按要求' },
  surprise: { en: 'side effect', zh: '附带影响' },
  unknown: { en: 'unexpected', zh: '意料之外' },
} as const;

/** A change in words; nothing depends on colour. */
export function tell(change: CausedChange): Told {
  const { op, cause, why } = change;
  const asked = cause === 'asked';
  const sign = op === 'changed' || asked ? '' : signs[op];
  return {
    sign: asked ? signs[op] : '!',
    what: whatOf(change),
    detail: joined(same(sign), detailOf(change)),
    cause: asked ? causes.asked : why === undefined ? causes.unknown : causes.surprise,
    ...(why === undefined ? {} : { why }),
  };
}
