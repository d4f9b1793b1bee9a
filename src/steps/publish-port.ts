import { cmd } from '../model/command.ts';
import type { Attachment, Lab } from '../model/lab.ts';
import { answersLoopback, isLoopback, loopbackKey, portText } from '../model/ports.ts';
import type { Resource } from '../model/resource.ts';
import { addRule } from '../model/rule.ts';
import type { Command } from '../model/step.ts';
import type { Text } from '../model/text.ts';
import { loopbackRule, portRules } from '../resolve/port-rules.ts';
import type { AttachmentStep, Scope } from './scope.ts';
import { sharedChange } from './shared-change.ts';

type Change = ReturnType<typeof sharedChange>;

/**
 * Packets from 127.0.0.1 may leave by the bridge only with `route_localnet` (kernel: networking/ip-sysctl); the rule
 * comes first, so that the way in is never open.
 */
function loopback({ network: { bridge } }: Attachment, facts: Scope['facts']): readonly Change[] {
  const key = loopbackKey(bridge);
  const sysctl = `sysctl:${key}`;
  const before = facts.sysctls[key] ?? facts.sysctls[loopbackKey('default')] ?? '0';
  // Somebody else has opened it, and decides what may come in.
  if (before === '1' && facts.shared[sysctl] === undefined) return [];
  const rule = loopbackRule(bridge);
  return [
    sharedChange(facts, `rule:${rule.rule}:${bridge}`, addRule(rule), {
      kind: 'firewall-rule',
      rule,
    }),
    sharedChange(facts, sysctl, cmd`sysctl -qw ${key}=1`, {
      kind: 'sysctl',
      key,
      value: '1',
      before,
    }),
  ];
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

/** Whether frames of the bridge pass iptables(8), and so are translated before the bridge chooses a port. */
function isFiltered({ facts }: Scope): boolean {
  return facts.sysctls['net/bridge/bridge-nf-call-iptables'] === '1';
}

/** What route_localnet opens, and what closes it again: a sentence for both plans. */
export function loopbackWhy(bridge: string): Text {
  return {
    en: ` Packets from 127.0.0.1 may leave by ${bridge} only with route_localnet, which would also let packets for 127.0.0.0/8 in by ${bridge}: a rule in the table raw drops those.`,
    zh: `源地址为 127.0.0.1 的包要从 ${bridge} 发出，必须打开 route_localnet；但它也会让 ${bridge} 上发往 127.0.0.0/8 的包进来，所以在 raw 表里加一条规则丢弃它们。`,
  };
}

const why = {
  start: {
    en: 'Others know the address of the host, not that of the container, so DNAT replaces the destination of packets for the published port: in PREROUTING for packets that arrive, in OUTPUT for those of the host itself.',
    zh: '别人只知道宿主机的地址，不知道容器的地址，所以用 DNAT 改写发往已发布端口的包的目的地址：外来的包在 PREROUTING 链里改，本机发出的包在 OUTPUT 链里改。',
  },
  hairpin: {
    en: ' Replies must come back through the host, which translates them back; where the container would send them another way, MASQUERADE gives the request an address of the host as its source.',
    zh: '应答必须经宿主机返回，由宿主机还原地址；如果容器会把应答发往别处，就用 MASQUERADE 把请求的源地址换成宿主机的地址。',
  },
};

/** iptables-extensions(8) DNAT, MASQUERADE, addrtype, conntrack; conntrack(8); ip-link(8) `bridge_slave`. */
export const publishPort: AttachmentStep = (attachment, scope) => {
  const { ports = [], container, device, address, outer, network } = attachment;
  if (ports.length === 0) return null;
  const { facts, lab } = scope;
  const opens = comesFirst(attachment, lab) ? loopback(attachment, facts) : [];
  const tracked: readonly Resource[] =
    facts.tools.conntrack == null ? [] : [{ kind: 'connections', address }];
  // Translation comes last: until then no packet takes the new way. Its rules are the first to go.
  const rules = portRules(attachment, lab.name, facts);
  const first = rules.findIndex(({ rule }) => rule === 'publish');
  const own = rules.map(
    (rule, index): Command => ({
      argv: addRule(rule),
      makes: [...(index === first ? tracked : []), { kind: 'firewall-rule', rule }],
    }),
  );
  const reflects: readonly Command[] =
    isFiltered(scope) && ports.some(({ address: at }) => at === null || !isLoopback(at))
      ? [
          {
            argv: cmd`ip link set dev ${outer} type bridge_slave hairpin on`,
            makes: [{ kind: 'link-setting', link: outer, setting: 'hairpin', value: 'on' }],
          },
        ]
      : [];
  const guards = opens.slice(0, 1);
  const switches = opens.slice(1);
  const list = ports.map(portText);
  const texts = [
    why.start,
    why.hairpin,
    ...(opens.some(({ commands, inherits }) => commands.length + inherits.length > 0)
      ? [loopbackWhy(network.bridge)]
      : []),
  ];
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
      ...guards.flatMap(({ commands }) => commands),
      ...own,
      ...switches.flatMap(({ commands }) => commands),
      ...reflects,
    ],
    inherits: opens.flatMap(({ inherits }) => inherits),
  };
};
