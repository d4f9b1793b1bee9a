import type { Facts } from '../facts/index.ts';
import type { Attachment } from '../model/lab.ts';
import {
  answersLoopback,
  containerSpan,
  isLoopback,
  isOfFamily,
  loopback6,
  type PublishedPort,
  redirections,
} from '../model/ports.ts';
import type { PortRule, Rule } from '../model/resource.ts';
import { forwardingChain } from './network-rules.ts';

export function loopbackRule(bridge: string): Rule {
  return { rule: 'guard-loopback', bridge };
}

/** What the rules of one address family are about. */
interface Side {
  readonly ports: readonly PublishedPort[];
  readonly address: string;
  readonly chain: 'FORWARD' | 'DOCKER-USER';
  /** The senders whose addresses are replaced. */
  readonly sources: readonly (string | undefined)[];
  readonly family?: 'ipv6';
}

/**
 * The senders whose addresses are replaced. The container answers its neighbours itself, past the host; the loopback
 * addresses are its own inside; and if this host is not its gateway, it answers nobody by way of the host.
 */
function sources(
  ports: readonly PublishedPort[],
  { gateway, network }: Attachment,
): readonly (string | undefined)[] {
  if (gateway !== network.gateway) return [undefined];
  const local = ports.some(answersLoopback) ? ['127.0.0.0/8'] : [];
  const public_ = ports.some(({ address }) => address === null || !isLoopback(address));
  return [...(public_ ? [network.subnet] : []), ...local];
}

type Place = { readonly firewall: Pick<Facts['firewall'], 'dockerUser'> };

function side4(attachment: Attachment, facts: Place): Side {
  const { ports = [], address } = attachment;
  const four = ports.filter((port) => isOfFamily(port, 'ipv4'));
  const chain = forwardingChain(facts);
  return { ports: four, address, chain, sources: sources(four, attachment) };
}

/** IPv6 has no way from `::1` to a container, and Docker's chain is not needed there. */
function side6({ ports = [], ipv6, network }: Attachment): Side | undefined {
  if (ipv6 === undefined || network.ipv6 === undefined) return undefined;
  const { address, gateway } = ipv6;
  return {
    ports: ports.filter((port) => isOfFamily(port, 'ipv6') && port.address !== loopback6),
    address,
    chain: 'FORWARD',
    sources: gateway === network.ipv6.gateway ? [network.ipv6.subnet] : [undefined],
    family: 'ipv6',
  };
}

function rulesOf(
  { ports, address, chain, sources: from, ...six }: Side,
  bridge: string,
  run: string,
): readonly PortRule[] {
  if (ports.length === 0) return [];
  return [
    ...from.map(
      (source): PortRule => ({
        ...{ rule: 'hairpin', bridge, run, ...six, address },
        ...(source === undefined ? {} : { source }),
      }),
    ),
    // A port on a loopback address is not reached by packets that are forwarded.
    ...ports
      .filter((port) => port.address === null || !isLoopback(port.address))
      .map((port): PortRule => {
        const { protocol } = port;
        const span = containerSpan(port);
        return { rule: 'admit', chain, bridge, run, ...six, protocol, address, ports: span };
      }),
    ...ports.flatMap((port) => {
      const chains =
        port.address !== null && isLoopback(port.address)
          ? (['OUTPUT'] as const)
          : (['PREROUTING', 'OUTPUT'] as const);
      return redirections(port, address).flatMap((one) =>
        chains.map(
          (at): PortRule => ({
            ...{ rule: 'publish', chain: at, bridge, run, ...six, protocol: port.protocol },
            ...(port.address === null ? {} : { address: port.address }),
            ...one,
          }),
        ),
      );
    }),
  ];
}

/** The rules of an interface's published ports, in the order in which they are added: those of IPv4 first. */
export function portRules(attachment: Attachment, run: string, facts: Place): readonly PortRule[] {
  const { bridge } = attachment.network;
  const six = side6(attachment);
  return [
    ...rulesOf(side4(attachment, facts), bridge, run),
    ...(six === undefined ? [] : rulesOf(six, bridge, run)),
  ];
}
