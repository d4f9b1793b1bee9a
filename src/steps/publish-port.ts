import { cmd } from '../model/command.ts';
import type { Attachment, Lab, LabNetwork } from '../model/lab.ts';
import { makeTable, portsTable } from '../model/nft.ts';
import {
  type AddressFamily,
  addressFamilies,
  answersLoopback,
  isLoopback,
  isOfFamily,
  loopbackKey,
  portText,
} from '../model/ports.ts';
import type { NftTable, PortRule, Resource, Rule } from '../model/resource.ts';
import { addRule, toolOf } from '../model/rule.ts';
import type { Command } from '../model/step.ts';
import type { Text } from '../model/text.ts';
import { loopbackRule, portRules } from '../resolve/port-rules.ts';
import type { AttachmentStep, Scope } from './scope.ts';
import { sharedChange } from './shared-change.ts';

type Change = ReturnType<typeof sharedChange>;

interface Opening {
  /** The rule that closes again what the switch opens. */
  readonly guard: Rule;
  readonly switched: Change;
}

/**
 * Packets from 127.0.0.1 may leave by the bridge only with `route_localnet` (kernel: networking/ip-sysctl); the rule
 * comes first, so that the way in is never open.
 */
function loopback({ network: { bridge } }: Attachment, facts: Scope['facts']): Opening | undefined {
  const key = loopbackKey(bridge);
  const sysctl = `sysctl:${key}`;
  const before = facts.sysctls[key] ?? facts.sysctls[loopbackKey('default')] ?? '0';
  // Somebody else has opened it, and decides what may come in.
  if (before === '1' && facts.shared[sysctl] === undefined) return undefined;
  return {
    guard: loopbackRule(bridge),
    switched: sharedChange(facts, sysctl, cmd`sysctl -qw ${key}=1`, {
      kind: 'sysctl',
      key,
      value: '1',
      before,
    }),
  };
}

/** Whether this interface is the first on its bridge that publishes a port to the loopback addresses. */
function comesFirst({ outer, network }: Attachment, { containers }: Lab): boolean {
  const all = containers.flatMap(({ attachments }) => attachments);
  const first = all.find(
    ({ ports = [], network: other }) =>
      other.bridge === network.bridge && ports.some(answersLoopback),
  );
  return first?.outer === outer;
}

/** The families whose frames on the bridge pass the firewall, and so are translated before the bridge chooses a port. */
function filtered({ facts }: Scope): readonly AddressFamily[] {
  const keys = { ipv4: 'iptables', ipv6: 'ip6tables' } as const;
  return addressFamilies.filter(
    (family) => facts.sysctls[`net/bridge/bridge-nf-call-${keys[family]}`] === '1',
  );
}

const isOfIpv6 = (rule: PortRule) => rule.family === 'ipv6';

function guardWith(rule: Rule, facts: Scope['facts']): Change {
  return sharedChange(facts, `rule:${rule.rule}:${rule.bridge}`, addRule(rule), {
    kind: 'firewall-rule',
    rule,
  });
}

/** The rules as commands of iptables(8). @param tracked the connections that the first translation makes. */
function inChains(rules: readonly PortRule[], tracked: readonly Resource[]): readonly Command[] {
  const first = rules.findIndex(({ rule }) => rule === 'publish');
  return rules.map(
    (rule, index): Command => ({
      argv: addRule(rule),
      makes: [...(index === first ? tracked : []), { kind: 'firewall-rule', rule }],
    }),
  );
}

/** The rules as one transaction of nft(8): a table of the container's own, with a guard of its own. */
function inTable(
  { container, network: { bridge } }: Attachment,
  run: string,
  rules: readonly Rule[],
  tracked: readonly Resource[],
): Command {
  const table = portsTable(bridge, run, container);
  const six = rules.some((rule) => toolOf(rule) === 'ip6tables')
    ? ({ family: 'ip6' } as const)
    : {};
  const made: NftTable = { kind: 'nft-table', ...six, table, bridge, run };
  const command = makeTable(made, rules);
  return { ...command, makes: [...tracked, ...command.makes] };
}

/** What route_localnet opens, and what closes it again: a sentence for both plans. */
export function loopbackWhy({ bridge, firewall }: LabNetwork): Text {
  const native = firewall === 'nftables';
  const [en, zh] = native
    ? ['a rule in the chain loopback', ' loopback 链里有一条规则']
    : ['a rule in the table raw', '在 raw 表里加一条规则'];
  return {
    en: ` Packets from 127.0.0.1 may leave by ${bridge} only with route_localnet, which would also let packets for 127.0.0.0/8 in by ${bridge}: ${en} drops those.`,
    zh: `源地址为 127.0.0.1 的包要从 ${bridge} 发出，必须打开 route_localnet；但它也会让 ${bridge} 上发往 127.0.0.0/8 的包进来，所以${zh}丢弃它们。`,
  };
}

const why = {
  start: {
    en: 'Others know the address of the host, not that of the container, so DNAT replaces the destination of packets for the published port: in PREROUTING for packets that arrive, in OUTPUT for those of the host itself.',
    zh: '别人只知道宿主机的地址，不知道容器的地址，所以用 DNAT 改写发往已发布端口的包的目的地址：外来的包在 PREROUTING 链里改，本机发出的包在 OUTPUT 链里改。',
  },
  native: {
    en: 'Others know the address of the host, not that of the container, so dnat replaces the destination of packets for the published port: at the hook prerouting for packets that arrive, at output for those of the host itself. The table belongs to this container alone, and nft makes it in one transaction.',
    zh: '别人只知道宿主机的地址，不知道容器的地址，所以用 dnat 改写发往已发布端口的包的目的地址：外来的包在 prerouting 处改，本机发出的包在 output 处改。这张表只属于这个容器，由 nft 用一次事务建立。',
  },
  hairpin: {
    en: ' Replies must come back through the host, which translates them back; where the container would send them another way, MASQUERADE gives the request an address of the host as its source.',
    zh: '应答必须经宿主机返回，由宿主机还原地址；如果容器会把应答发往别处，就用 MASQUERADE 把请求的源地址换成宿主机的地址。',
  },
};

const why6: Text = {
  en: ' IPv6 has rules of its own. They leave [::1] out: the kernel takes no packet for it from another interface than loopback, and has no route_localnet for IPv6. Programs of the host use 127.0.0.1, or an address of the host.',
  zh: 'IPv6 另有一套规则，其中不含 [::1]：除回环接口外，内核不接受从其他接口发往 ::1 的包，IPv6 也没有 route_localnet。宿主机上的程序请用 127.0.0.1 或宿主机自己的地址访问。',
};

/** iptables-extensions(8) DNAT, MASQUERADE, addrtype, conntrack; conntrack(8); ip-link(8) `bridge_slave`. */
export const publishPort: AttachmentStep = (attachment, scope) => {
  const { ports = [], container, device, address, outer, network } = attachment;
  if (ports.length === 0) return null;
  const { facts, lab } = scope;
  const opens = comesFirst(attachment, lab) ? loopback(attachment, facts) : undefined;
  const trackedAt = (at: string): readonly Resource[] =>
    facts.tools.conntrack == null ? [] : [{ kind: 'connections', address: at }];
  // Translation comes last: until then no packet takes the new way. Its rules are the first to go.
  const rules = portRules(attachment, lab.name, facts);
  if (rules.length === 0) return null;
  const [six, four] = [rules.filter(isOfIpv6), rules.filter((rule) => !isOfIpv6(rule))];
  const families = filtered(scope);
  const reflects: readonly Command[] = ports.some(
    (port) =>
      (port.address === null || !isLoopback(port.address)) &&
      families.some((family) => isOfFamily(port, family)),
  )
    ? [
        {
          argv: cmd`ip link set dev ${outer} type bridge_slave hairpin on`,
          makes: [{ kind: 'link-setting', link: outer, setting: 'hairpin', value: 'on' }],
        },
      ]
    : [];
  const native = network.firewall === 'nftables';
  const guard = opens === undefined || native ? undefined : guardWith(opens.guard, facts);
  const shared = [guard, opens?.switched].flatMap((change) => change ?? []);
  const list = ports.map(portText);
  const texts = [
    native ? why.native : why.start,
    why.hairpin,
    ...(shared.some(({ commands, inherits }) => commands.length + inherits.length > 0)
      ? [loopbackWhy(network)]
      : []),
    ...(six.length > 0 ? [why6] : []),
  ];
  const guarded = native && opens !== undefined ? [opens.guard] : [];
  const sides = [
    { rules: four, all: [...guarded, ...four], tracked: trackedAt(address) },
    { rules: six, all: six, tracked: trackedAt(attachment.ipv6?.address ?? '') },
  ].filter((side) => side.rules.length > 0);
  return {
    id: 'publish-port',
    of: `${container}/${device}`,
    title: {
      en: `Publish ${list.join(', ')} of ${container}`,
      zh: `发布 ${container} 的端口 ${list.join('、')}`,
    },
    why: {
      en: texts.map(({ en }) => en).join(''),
      zh: texts.map(({ zh }) => zh).join(''),
    },
    commands: [
      ...(guard?.commands ?? []),
      ...sides.flatMap(({ rules: own, all, tracked }) =>
        native ? [inTable(attachment, lab.name, all, tracked)] : inChains(own, tracked),
      ),
      ...(opens?.switched.commands ?? []),
      ...reflects,
    ],
    inherits: shared.flatMap(({ inherits }) => inherits),
  };
};
