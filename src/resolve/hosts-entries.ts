import type { ContainerConfig } from '../config/schema.ts';
import type { Attachment, LabContainer } from '../model/lab.ts';

type Host = LabContainer['hosts'][number];
interface Wired {
  readonly name: string;
  readonly hostname: string;
  readonly attachments: readonly Attachment[];
}

/** The containers that a container can reach by name. Containers on the same networks share one list. */
export function neighbours(all: readonly Wired[]): (self: Wired) => readonly Host[] {
  const lists = new Map<string, readonly Host[]>();
  return ({ attachments }) => {
    const networks = new Set(attachments.map((one) => one.network.name));
    const key = [...networks].join(' ');
    let list = lists.get(key);
    if (list === undefined) {
      list = all.flatMap(({ name, hostname, attachments: others }) => {
        const shared = others.find((one) => networks.has(one.network.name));
        return shared === undefined
          ? []
          : [shared.address, ...(shared.ipv6 === undefined ? [] : [shared.ipv6.address])].map(
              (address) => ({ address, names: [...new Set([hostname, name])] }),
            );
      });
      lists.set(key, list);
    }
    return list;
  };
}

export function hostsFor(neighbourList: readonly Host[], config: ContainerConfig): readonly Host[] {
  const extra = Object.entries(config.extra_hosts);
  if (extra.length === 0) return neighbourList;
  return [...neighbourList, ...extra.map(([name, address]) => ({ address, names: [name] }))];
}
