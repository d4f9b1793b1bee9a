import type { Language, Text } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import type { Rule, Status, Topology } from './topology.ts';
import { type ContainerView, type DeviceView, isCompared, viewOf } from './view.ts';
import {
  beyond,
  portOf,
  portsOfOthers,
  routeLine,
  ruleText,
  sourceText,
  states,
  statusWords,
  words,
} from './words.ts';

export interface AltOptions {
  readonly language: Language;
}

function listed(texts: readonly string[], language: Language): string {
  if (language === 'zh') return texts.join('、');
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`;
}

function endSentence(
  { device, addresses, peer, peerPlace }: DeviceView,
  bridge: string | undefined,
): Text {
  const list = addresses.map(({ address }) => address);
  const state = states[device.state];
  const other = peer === undefined || peerPlace?.kind !== 'host' ? undefined : peer.name;
  return {
    en: [
      `It has ${device.name} with ${list.length === 0 ? 'no address' : listed(list, 'en')}, ${state.en}.`,
      ...(other === undefined
        ? []
        : [
            `Its other end is ${other} on the host${bridge === undefined ? ', which is plugged into no bridge' : `, a port of bridge ${bridge}`}.`,
          ]),
    ].join(' '),
    zh: [
      `它的接口 ${device.name} ${list.length === 0 ? '没有地址' : `地址为 ${listed(list, 'zh')}`}，${state.zh}。`,
      ...(other === undefined
        ? []
        : [
            `对端是主机上的 ${other}${bridge === undefined ? '，没有接入网桥' : `，接在网桥 ${bridge} 上`}。`,
          ]),
    ].join(''),
  };
}

function containerSentence(
  container: ContainerView,
  bridgeOf: (one: DeviceView) => string | undefined,
): Text {
  const { place, ends, routes } = container;
  const sentences = ends.map((one) => endSentence(one, bridgeOf(one)));
  const pid = place.pid === undefined ? '' : ` (pid ${place.pid})`;
  const gateways = routes.flatMap(({ to, via, status }) =>
    (to === 'default' || to === '::/0') && via !== undefined && status !== 'gone' ? [via] : [],
  );
  const none = ends.length === 0;
  return {
    en: [
      none
        ? `Container ${place.name}${pid} has no interface but lo.`
        : `Container ${place.name}${pid}. ${sentences.map(({ en }) => en).join(' ')}`,
      ...(gateways.length === 0
        ? [`${place.name} has no default route.`]
        : [`The default route of ${place.name} goes to ${listed(gateways, 'en')}.`]),
    ].join(' '),
    zh: [
      none
        ? `容器 ${place.name}${pid} 除 lo 外没有接口。`
        : `容器 ${place.name}${pid}。${sentences.map(({ zh }) => zh).join('')}`,
      gateways.length === 0
        ? `${place.name} 没有默认路由。`
        : `${place.name} 的默认路由指向 ${listed(gateways, 'zh')}。`,
    ].join(''),
  };
}

function natSentence({ what, value, bridge = '' }: Rule, sources: readonly string[]): Text {
  if (what === 'nat')
    return { en: `A rule changes addresses: ${value}.`, zh: `有一条地址转换规则：${value}。` };
  const source = listed(sources, 'en');
  return {
    en: `Packets from ${value} that leave through another interface than ${bridge} get ${source === '' ? 'the address of that interface' : source} as their source.`,
    zh: `来自 ${value}、不从 ${bridge} 发出的数据包，源地址转换为${sources.length === 0 ? '出口接口的地址' : ` ${listed(sources, 'zh')}`}。`,
  };
}

function pictureSentence({ name, source }: Topology): Text {
  const { en, zh } = sourceText(source);
  return { en: `The network of ${name} (${en}).`, zh: `${name} 的网络（${zh}）。` };
}

/** A topology in sentences, without escapes. Pure. */
export function proseOf(topology: Topology, language: Language): readonly string[] {
  const view = viewOf(topology);
  const say = (text: Text) => text[language];
  const bridgeOf = ({ peer }: DeviceView) =>
    view.bridges.find(({ device }) => device.id === peer?.master)?.device.name;
  const alive = <T extends { readonly status: Status }>(all: readonly T[]) =>
    all.filter(({ status }) => status !== 'gone');
  const forwarding = alive(topology.forwarding).map(({ dev }) => dev);
  const rules = alive(topology.rules);
  const policy = rules.find(({ what }) => what === 'policy')?.value;
  const sources = view.uplinks.flatMap(({ addresses }) =>
    addresses.map(({ address }) => address.split('/')[0] ?? ''),
  );
  const bridges = view.bridges.filter(({ device }) => device.status !== 'gone');
  const containers = view.containers.filter(({ place }) => place.status !== 'gone');
  return [
    say(pictureSentence(topology)),
    ...containers.map((one) => say(containerSentence(one, bridgeOf))),
    ...bridges.map(({ device, addresses, ports, foreign }) => {
      const list = addresses.map(({ address }) => address);
      const count =
        ports.filter(({ device: port }) => port.status !== 'gone').length + foreign.length;
      return say({
        en: `Bridge ${device.name} on the host has ${list.length === 0 ? 'no address' : listed(list, 'en')} and ${count === 1 ? '1 port' : `${count} ports`}; state: ${states[device.state].en}.`,
        zh: `主机上的网桥 ${device.name} ${list.length === 0 ? '没有地址' : `地址为 ${listed(list, 'zh')}`}，有 ${count} 个端口；状态：${states[device.state].zh}。`,
      });
    }),
    say(
      forwarding.length === 0
        ? { en: 'The host does not forward.', zh: '主机不转发。' }
        : {
            en: `The host forwards what comes in through ${listed(forwarding, 'en')}.`,
            zh: `主机转发从 ${listed(forwarding, 'zh')} 进来的数据包。`,
          },
    ),
    ...(policy === undefined
      ? []
      : [
          say({
            en: `The policy of the chain FORWARD, for packets that no rule matches, is ${policy}.`,
            zh: `FORWARD 链的默认策略（用于没有规则匹配的数据包）是 ${policy}。`,
          }),
        ]),
    ...rules
      .filter(({ what }) => what === 'masquerade' || what === 'nat')
      .map((rule) => say(natSentence(rule, sources))),
    ...view.uplinks.map(({ device, addresses }) => {
      const list = addresses.map(({ address }) => address);
      return say({
        en: `${device.name} leads to the world; its address is ${list.length === 0 ? 'not set' : listed(list, 'en')}.`,
        zh: `${device.name} 通往外部网络，${list.length === 0 ? '没有地址' : `地址为 ${listed(list, 'zh')}`}。`,
      });
    }),
  ];
}

interface Item {
  readonly text: string;
  readonly status: Status;
  readonly items?: readonly Item[];
}

function itemsOf(topology: Topology, language: Language): readonly Item[] {
  const view = viewOf(topology);
  const say = (text: Text) => text[language];
  const colon = language === 'zh' ? '：' : ': ';
  const comma = language === 'zh' ? '，' : ', ';
  const device = (one: DeviceView, ...more: readonly string[]): Item => ({
    text: `${one.device.name}${colon}${[say(states[one.device.state]), ...more].join(comma)}`,
    status: one.device.status,
    items: one.addresses.map(({ address, status }) => ({
      text: `${say(words.address)} ${address}`,
      status,
    })),
  });
  const pair = ({ peer, peerPlace }: DeviceView): readonly string[] =>
    peer === undefined
      ? []
      : [
          say({
            en: `other end ${peer.name}${peerPlace?.kind === 'container' ? ` in ${peerPlace.name}` : ''}`,
            zh: `对端 ${peer.name}${peerPlace?.kind === 'container' ? `（容器 ${peerPlace.name}）` : ''}`,
          }),
        ];
  const route = (one: Topology['routes'][number]): Item => ({
    text: `${say(words.route)} ${routeLine(one)}`,
    status: one.status,
  });
  return [
    ...view.containers.map(
      ({ place, loopback, ends, routes }): Item => ({
        text: `${say(words.container)} ${place.name}${place.pid === undefined ? '' : `${comma}pid ${place.pid}`}`,
        status: place.status,
        items: [
          ...(loopback === undefined ? [] : [device(loopback)]),
          ...ends.map((one) => device(one, ...pair(one))),
          ...routes.map(route),
        ],
      }),
    ),
    {
      text: say(words.host),
      status: view.host?.status ?? 'same',
      items: [
        ...view.loose.map((one) => device(one, ...pair(one))),
        ...view.bridges.map((bridge): Item => {
          const own = device(bridge);
          return {
            ...own,
            text: `${say(words.bridge)} ${own.text}`,
            items: [
              ...(own.items ?? []),
              ...bridge.ports.map((port) =>
                device(port, say(portOf(bridge.device.name)), ...pair(port)),
              ),
              ...(bridge.foreign.length === 0
                ? []
                : [{ text: say(portsOfOthers(bridge.foreign.length)), status: 'same' as const }]),
            ],
          };
        }),
        {
          text: `${say(words.forwards)}${topology.forwarding.length === 0 ? `${colon}${say(words.off)}` : ''}`,
          status: 'same',
          items: topology.forwarding.map(({ dev, status }) => ({ text: dev, status })),
        },
        ...topology.rules.map((rule) => ({
          text: `${say(rule.what === 'masquerade' || rule.what === 'nat' ? words.nat : words.filter)}${colon}${say(ruleText(rule))}`,
          status: rule.status,
        })),
        ...view.uplinks.map((one) => device(one)),
        ...view.hostRoutes.filter(({ via }) => via !== undefined).map(route),
      ],
    },
    ...(view.world === undefined
      ? []
      : [
          {
            text:
              view.world.names === undefined && view.uplinks.length > 0
                ? say(beyond(view.uplinks.map((one) => one.device.name)))
                : say(words.world),
            status: view.world.status,
            items: Object.entries(view.world.names ?? {}).map(([name, address]) => ({
              text: `${name} ${address}`,
              status: 'same' as const,
            })),
          },
        ]),
  ];
}

function lines(items: readonly Item[], depth: number, language: Language): readonly string[] {
  return items.flatMap(({ text, status, items: inner = [] }) => {
    const mark =
      status === 'same' ? '' : `${statusWords[status][language]}${language === 'zh' ? '：' : ': '}`;
    return [
      `${'  '.repeat(depth)}- ${mark}${escapeControls(text)}`,
      ...lines(inner, depth + 1, language),
    ];
  });
}

/** Only what differs, each with the words for what has become of it. */
function changed(items: readonly Item[]): readonly Item[] {
  return items.flatMap((item): readonly Item[] => {
    const inner = changed(item.items ?? []);
    return item.status === 'same' && inner.length === 0 ? [] : [{ ...item, items: inner }];
  });
}

/** Tells a topology in sentences and as a nested list, for screen readers. Pure. */
export function renderAlt(topology: Topology, { language }: AltOptions): string {
  const items = itemsOf(topology, language);
  const differs = isCompared(topology);
  return [
    ...proseOf(topology, language).map(escapeControls),
    '',
    ...(differs
      ? [
          { en: 'What differs:', zh: '有差别的部分：' }[language],
          '',
          ...lines(changed(items), 0, language),
          '',
        ]
      : []),
    { en: 'All of it as a list:', zh: '完整列表：' }[language],
    '',
    ...lines(items, 0, language),
    '',
  ].join('\n');
}
