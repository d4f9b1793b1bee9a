import type { Language, Text } from '../model/text.ts';
import type { CausedChange, ChangedObject, Diff } from '../snapshot/change.ts';

/** What each kind of object is called. */
export const objectNames: Readonly<Record<ChangedObject, Text>> = {
  namespace: { en: 'network namespace', zh: '网络命名空间' },
  process: { en: 'process', zh: '进程' },
  hostname: { en: 'host name', zh: '主机名' },
  mount: { en: 'mount', zh: '挂载' },
  link: { en: 'interface', zh: '接口' },
  address: { en: 'address', zh: '地址' },
  route: { en: 'route', zh: '路由' },
  rule: { en: 'policy rule', zh: '策略规则' },
  neighbour: { en: 'neighbour', zh: '邻居' },
  fdb: { en: 'FDB entry', zh: 'FDB 表项' },
  firewall: { en: 'firewall rule', zh: '防火墙规则' },
  sysctl: { en: 'sysctl', zh: '内核参数' },
};

/** What the place of a change is called; a container has its own name. */
export function placeName(place: string, language: Language): string {
  if (place === 'host') return { en: 'host', zh: '宿主机' }[language];
  if (place === 'world') return { en: 'world', zh: '外部网络 (world)' }[language];
  return place;
}

const signs = { added: '+', removed: '-', changed: '~', moved: '→' } as const;

/** The sign of a change; a side effect has an exclamation mark before it. */
export function signOf({ op, cause }: CausedChange): string {
  return `${cause === 'surprise' ? '!' : ' '} ${signs[op]}`;
}

/** A change in one line: `interface veth-web  master  – → br0`. */
export function changeText(change: CausedChange, language: Language): string {
  const { object, of, field, from, to, op } = change;
  const name = objectNames[object]?.[language] ?? object;
  const subject = of === '' ? name : `${name} ${of}`;
  if (op === 'moved') {
    return { en: `${subject}   came from ${from}`, zh: `${subject}   来自 ${from}` }[language];
  }
  if (op !== 'changed') return subject;
  return `${subject}   ${field === undefined ? '' : `${field}  `}${from ?? '–'} → ${to ?? '–'}`;
}

/** Changes of one place, and after those that share a sentence, that sentence. */
export interface ChangeGroup {
  readonly changes: readonly CausedChange[];
  readonly why?: Text;
}

export interface PlaceChanges {
  readonly place: string;
  readonly groups: readonly ChangeGroup[];
}

/** Changes by place. What was asked for comes first; side effects with the same explanation stand together. */
export function byPlace({ changes }: Diff): readonly PlaceChanges[] {
  const places = [...new Set(changes.map(({ place }) => place))];
  return places.map((place) => {
    const own = changes.filter((one) => one.place === place);
    const asked = own.filter(({ cause }) => cause === 'asked');
    const surprises = own.filter(({ cause }) => cause === 'surprise');
    const sentences = [...new Set(surprises.map(({ why }) => why?.en))];
    const groups = sentences.map((sentence): ChangeGroup => {
      const same = surprises.filter(({ why }) => why?.en === sentence);
      const why = same[0]?.why;
      return { changes: same, ...(why === undefined ? {} : { why }) };
    });
    return { place, groups: [...(asked.length === 0 ? [] : [{ changes: asked }]), ...groups] };
  });
}

/** What was hidden, in words: `2 timers, 1 counter`. */
export function hiddenText({ hidden }: Diff, language: Language): string | undefined {
  const kinds = Object.entries(hidden).filter(([, count]) => count > 0);
  if (kinds.length === 0) return undefined;
  const list = kinds.map(([kind, count]) => `${kind} × ${count}`);
  return { en: `hidden: ${list.join(', ')}`, zh: `已隐藏：${list.join('，')}` }[language];
}
