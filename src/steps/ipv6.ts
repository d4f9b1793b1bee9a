import type { Facts } from '../facts/index.ts';
import { type Argv, cmd } from '../model/command.ts';
import type { Lab, LabNetwork, LabNetwork6 } from '../model/lab.ts';
import type { Resource, Rule } from '../model/resource.ts';
import { addRule } from '../model/rule.ts';
import type { Text } from '../model/text.ts';
import {
  acceptRules6,
  allForwardingKey,
  forceForwardingKey,
  masquerade6Rule,
} from '../resolve/network-rules.ts';
import { uplinks6Of } from '../resolve/ways.ts';
import type { Scope } from './scope.ts';
import { sharedChange } from './shared-change.ts';

// What the steps of a network add for its IPv6 subnet. Each is empty without one.

type Change = ReturnType<typeof sharedChange>;

const none: Change = { commands: [], inherits: [] };

/** The commands and inherited resources of several changes. */
export function allOf(changes: readonly Change[]): Change {
  return {
    commands: changes.flatMap(({ commands }) => commands),
    inherits: changes.flatMap(({ inherits }) => inherits),
  };
}

function addsRule(facts: Facts, key: string, rule: Rule): Change {
  return sharedChange(facts, key, addRule(rule), { kind: 'firewall-rule', rule });
}

export function masquerade6({ ipv6, bridge }: LabNetwork, facts: Facts): Change {
  if (ipv6?.masquerade !== true) return none;
  const key = `rule:masquerade:${ipv6.subnet}:${bridge}`;
  return addsRule(facts, key, masquerade6Rule(ipv6.subnet, bridge));
}

export function allowForwarding6({ ipv6, bridge }: LabNetwork, facts: Facts): Change {
  if (ipv6 === undefined) return none;
  return allOf(
    acceptRules6(bridge).map((rule) => addsRule(facts, `rule6:${rule.rule}:${bridge}`, rule)),
  );
}

/** The rules of a table ip6 of nft(8). */
export function rules6(bridge: string, { subnet, masquerade }: LabNetwork6): readonly Rule[] {
  const accepts = acceptRules6(bridge);
  return masquerade ? [...accepts, masquerade6Rule(subnet, bridge)] : accepts;
}

/**
 * Linux 6.17 can forward on single interfaces (`force_forwarding`). Before, only `all/forwarding` makes a host forward
 * IPv6, and it turns the whole host into a router (kernel: networking/ip-sysctl).
 */
function forwardingKeys(network: LabNetwork, { lab, facts }: Scope): readonly string[] {
  if (facts.sysctls[forceForwardingKey('default')] === undefined) return [allForwardingKey];
  const bridges = lab.networks.map(({ bridge }) => bridge);
  const ways = uplinks6Of(facts, bridges);
  return [network.bridge, ...ways].map(forceForwardingKey);
}

export function enableForwarding6(network: LabNetwork, scope: Scope): Change {
  const { facts } = scope;
  if (network.ipv6 === undefined) return none;
  const held = (key: string) => facts.shared[`sysctl:${key}`] !== undefined;
  const onAnyway = facts.sysctls[allForwardingKey] === '1' && !held(allForwardingKey);
  if (onAnyway) return none;
  const fallback = facts.sysctls[forceForwardingKey('default')] ?? '0';
  return allOf(
    forwardingKeys(network, scope)
      .map((key) => ({ key, before: facts.sysctls[key] ?? fallback }))
      .filter(({ key, before }) => before !== '1' || held(key))
      .map(({ key, before }) =>
        sharedChange(facts, `sysctl:${key}`, cmd`sysctl -qw ${key}=1`, {
          kind: 'sysctl',
          key,
          value: '1',
          before,
        }),
      ),
  );
}

export function forwarding6Why(facts: Facts): Text {
  return facts.sysctls[forceForwardingKey('default')] === undefined
    ? {
        en: ' For IPv6 the kernel looks only at net.ipv6.conf.all.forwarding, so that one is switched on for the whole host.',
        zh: ' IPv6 的转发只看 net.ipv6.conf.all.forwarding，所以只能对整台主机打开。',
      }
    : {
        en: ' For IPv6, force_forwarding does the same on single interfaces; all.forwarding would turn the whole host into a router, which ignores router advertisements.',
        zh: ' IPv6 用 force_forwarding 对单个接口打开转发；all.forwarding 会把整台主机变成路由器，从而忽略路由通告。',
      };
}

/** The sysctls that make an interface wait for nothing and listen to no router, and the files that they are. */
export function quietLink(
  device: string,
  container?: string,
): { readonly argv: Argv; readonly makes: readonly Resource[] } {
  const conf = `net/ipv6/conf/${device}`;
  const values = ['disable_ipv6=0', 'accept_ra=0', 'autoconf=0', 'accept_dad=0'];
  return {
    argv: cmd`sysctl -qw ${values.map((value) => `${conf}/${value}`)}`,
    makes: values.map((value) => ({
      kind: 'file',
      path: `/proc/sys/${conf}/${value.split('=')[0]}`,
      ...(container === undefined ? {} : { container }),
    })),
  };
}

/** Why there is no wait for duplicate address detection (RFC 4862 §5.4, RFC 4429). */
export const quietWhy: Text = {
  en: ' The sysctls come first: the interface takes no address and no route from router advertisements (accept_ra, autoconf), and does not wait a second for duplicate address detection (accept_dad, nodad), since ctr itself hands out the addresses of this subnet and gives none twice.',
  zh: ' 先写 sysctl：接口不从路由通告取得地址和路由 (accept_ra, autoconf)，也不必等一秒做重复地址检测 (accept_dad, nodad)，因为这个子网的地址都由 ctr 分配，不会重复。',
};

/** Whether a lab has IPv6 somewhere. */
export function hasIpv6({ networks }: Pick<Lab, 'networks'>): boolean {
  return networks.some(({ ipv6 }) => ipv6 !== undefined);
}
