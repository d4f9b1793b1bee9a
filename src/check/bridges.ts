import { otherPorts } from '../engine/users.ts';
import type { LinkFact } from '../facts/index.ts';
import type { Lab } from '../lab.ts';
import { isOurGroup } from '../names.ts';
import type { Undo } from '../undo.ts';
import { type Finding, finding } from './finding.ts';

export function bridges(lab: Lab, all: readonly LinkFact[]): readonly Finding[] {
  return lab.networks.map(({ bridge, gateway, prefix }) => {
    const link = all.find(({ name }) => name === bridge);
    const address = `${gateway}/${prefix}`;
    const holds = link?.up === true && link.addresses.includes(address);
    return finding(
      holds,
      'host',
      `bridge ${bridge} is up with ${address}`,
      `网桥 ${bridge} 已启用，地址 ${address}`,
      link === undefined
        ? 'no such link'
        : `${link.up ? 'up' : 'down'} ${link.addresses.join(' ') || '-'}`,
    );
  });
}

/** Somebody else's ports in a bridge of ours; nothing is said when there are none. */
export function strangers(links: readonly LinkFact[], undos: readonly Undo[]): readonly Finding[] {
  return undos.flatMap((undo) => {
    if (undo.kind !== 'delete-link' || undo.shared === undefined) return [];
    const ports = otherPorts(links, undo.link, ({ group }) => isOurGroup(group));
    if (ports.length === 0) return [];
    return [
      finding(
        false,
        'host',
        `${undo.link} has only ports that ctr created`,
        `${undo.link} 上只有 ctr 创建的端口`,
        ports.join(' '),
      ),
    ];
  });
}
