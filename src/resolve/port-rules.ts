import type { Facts } from '../facts/index.ts';
import type { Attachment } from '../model/lab.ts';
import { answersLoopback, containerSpan, isLoopback, redirections } from '../model/ports.ts';
import type { PortRule, Rule } from '../model/resource.ts';
import { forwardingChain } from './network-rules.ts';

export function loopbackRule(bridge: string): Rule {
  return { rule: 'guard-loopback', bridge };
}

/**
 * The senders whose addresses are replaced. The container answers its neighbours itself, past the host; the loopback
 * addresses are its own inside; and if this host is not its gateway, it answers nobody by way of the host.
 */
function sources({ ports = [], gateway, network }: Attachment): readonly (string | undefined)[] {
  if (gateway !== network.gateway) return [undefined];
  const local = ports.some(answersLoopback) ? ['127.0.0.0/8'] : [];
  const public_ = ports.some(({ address }) => address === null || !isLoopback(address));
  return [...(public_ ? [network.subnet] : []), ...local];
}

/** The rules of an interface's published ports, in the order in which they are added. */
export function portRules(
  attachment: Attachment,
  run: string,
  facts: { readonly firewall: Pick<Facts['firewall'], 'dockerUser'> },
): readonly PortRule[] {
  const { ports = [], address, network } = attachment;
  const { bridge } = network;
  const chain = forwardingChain(facts);
  return [
    ...sources(attachment).map(
      (source): PortRule => ({
        ...{ rule: 'hairpin', bridge, run, address },
        ...(source === undefined ? {} : { source }),
      }),
    ),
    // A port on a loopback address is not reached by packets that are forwarded.
    ...ports
      .filter((port) => port.address === null || !isLoopback(port.address))
      .map((port): PortRule => {
        const { protocol } = port;
        const span = containerSpan(port);
        return { rule: 'admit', chain, bridge, run, protocol, address, ports: span };
      }),
    ...ports.flatMap((port) => {
      const chains =
        port.address !== null && isLoopback(port.address)
          ? (['OUTPUT'] as const)
          : (['PREROUTING', 'OUTPUT'] as const);
      return redirections(port, address).flatMap((one) =>
        chains.map(
          (at): PortRule => ({
            ...{ rule: 'publish', chain: at, bridge, run, protocol: port.protocol },
            ...(port.address === null ? {} : { address: port.address }),
            ...one,
          }),
        ),
      );
    }),
  ];
}
