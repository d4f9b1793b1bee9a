import type { HostView } from '../facts/index.ts';
import type { ProblemCode } from '../model/codes/index.ts';
import type { Problem } from '../model/errors.ts';
import { isAddress6 } from '../model/ipv6.ts';
import type { Attachment, Lab } from '../model/lab.ts';
import { isOfFamily } from '../model/ports.ts';
import type { Rule } from '../model/resource.ts';
import { toolOf } from '../model/rule.ts';
import { couldLose } from './quick-look.ts';

function portsOfIpv4({ ports, ...rest }: Attachment): Attachment {
  const four = (ports ?? []).filter((port) => isOfFamily(port, 'ipv4'));
  return four.length === 0 ? rest : { ...rest, ports: four };
}

/** The part of a lab that is about IPv4: losses follow no packet of IPv6. */
function ofIpv4(lab: Lab): Lab {
  return {
    ...lab,
    containers: lab.containers.map((one) => ({
      ...one,
      resolvers: one.resolvers.filter((server) => !isAddress6(server)),
      attachments: one.attachments.map(portsOfIpv4),
    })),
  };
}

/**
 * Finds the tables, rules, routes and interfaces of the host that lose packets of the lab, each by its name. On a host
 * without foreign ones, the code that examines them is not loaded.
 * @param ours the firewall rules that the lab's plan adds.
 * @param mended those that `ctr repair` would add again where they are missing.
 */
export async function losses(
  lab: Lab,
  host: HostView,
  ours: readonly Rule[],
  mended: readonly Rule[] = [],
): Promise<readonly Problem[]> {
  if (!couldLose(lab, host)) return [];
  const { allLosses } = await import('./all-losses.ts');
  const [rules = [], again = []] = [ours, mended].map((all) =>
    all.filter((rule) => toolOf(rule) === 'iptables'),
  );
  return allLosses(ofIpv4(lab), host, rules, again);
}

/** The codes of losses that routes, policy rules and forwarding explain. */
export const routingLosses: readonly ProblemCode[] = ['W105', 'W120', 'W121', 'W122'];
