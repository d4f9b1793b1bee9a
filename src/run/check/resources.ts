import type { LinkFact } from '../../facts/index.ts';
import type { Lab, LabNetwork } from '../../model/lab.ts';
import { groupOf, isOurGroup } from '../../model/names.ts';
import type { Resource } from '../../model/resource.ts';
import type { Text } from '../../model/text.ts';
import { describe, holds, judge } from '../../resources/index.ts';
import type { Asker, Seen } from '../../resources/kind.ts';
import { otherPorts } from '../../resources/users.ts';
import { type Finding, finding } from './finding.ts';

/** A resource, and whether the kernel has it as planned. */
interface Held {
  readonly resource: Resource;
  readonly holds: boolean;
  readonly found: string | undefined;
}

function whereOf(resource: Resource): string {
  return ('container' in resource ? resource.container : undefined) ?? 'host';
}

/** One sentence for all resources of an interface, or for a single resource. */
function sentenceOf(resources: readonly Resource[]): Text {
  const told = resources.map(describe);
  const subject = told[0]?.subject;
  return {
    en: (subject === undefined ? '' : `${subject}: `) + told.map(({ says }) => says.en).join(', '),
    zh: (subject === undefined ? '' : `${subject}：`) + told.map(({ says }) => says.zh).join('，'),
  };
}

/**
 * Compares resources with the kernel. An interface and everything that belongs to it make one finding. Resources that
 * were not read, or whose state cannot be determined, are skipped.
 */
export function resourceFindings(
  resources: readonly Resource[],
  seen: Seen,
  run: string,
): readonly Finding[] {
  const asker: Asker = { group: groupOf(run), goes: ({ group }) => isOurGroup(group) };
  const groups = new Map<string, Held[]>();
  for (const [index, resource] of resources.entries()) {
    const held = holds(resource, seen, asker);
    if (held === undefined) continue;
    const subject = describe(resource).subject;
    const key = `${whereOf(resource)} ${subject ?? `#${index}`}`;
    const found = judge(resource, seen, asker)?.found;
    groups.set(key, [...(groups.get(key) ?? []), { resource, holds: held, found }]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Held, ...Held[]];
    const broken = group.filter((one) => !one.holds);
    const what = sentenceOf(group.map(({ resource }) => resource));
    const found = [...new Set(broken.flatMap((one) => one.found ?? []))].join(', ');
    const subject = describe(first.resource).subject;
    return {
      holds: broken.length === 0,
      where: whereOf(first.resource),
      what,
      ...(broken.length === 0 ? {} : { found }),
      ...(subject === undefined ? {} : { subject }),
    };
  });
}

/** What a network needs of its bridge, whoever made the bridge. */
function needed({ bridge, gateway, prefix, ipv6 }: LabNetwork): readonly Resource[] {
  return [
    { kind: 'address', link: bridge, address: `${gateway}/${prefix}` },
    ...(ipv6 === undefined
      ? []
      : [{ kind: 'address', link: bridge, address: `${ipv6.gateway}/${ipv6.prefix}` } as const]),
    { kind: 'link-setting', link: bridge, setting: 'up', value: '' },
  ];
}

/** Foreign ports in ctr's bridges; no finding when there are none. */
function strangers(links: readonly LinkFact[], resources: readonly Resource[]): readonly Finding[] {
  return resources.flatMap((one) => {
    if (one.kind !== 'link' || one.shared === undefined) return [];
    const ports = otherPorts(links, one.name, ({ group }) => isOurGroup(group));
    if (ports.length === 0) return [];
    return [
      finding(
        false,
        'host',
        `${one.name} has only ports that ctr created`,
        `${one.name} 上只有 ctr 创建的端口`,
        ports.join(' '),
      ),
    ];
  });
}

/** Findings about the host's part of a run, and about the bridges that the run uses. */
export function hostFindings(
  lab: Lab,
  resources: readonly Resource[],
  seen: Seen,
): readonly Finding[] {
  const own = new Set(resources.flatMap((one) => (one.kind === 'link' ? one.name : [])));
  const foreign = lab.networks.filter(({ bridge }) => !own.has(bridge));
  const onHost = resources.filter((one) => whereOf(one) === 'host');
  // The plan may already include these for a foreign bridge.
  const asked = new Set(onHost.map((one) => JSON.stringify(one)));
  const wanted = foreign.flatMap(needed).filter((one) => !asked.has(JSON.stringify(one)));
  return [
    ...resourceFindings([...wanted, ...onHost], seen, lab.name),
    ...strangers(seen.links ?? [], resources),
  ];
}

/** The host findings that affect one container: all except those about other containers' veth pairs. */
export function findingsFor(
  { containers }: Lab,
  container: string,
  findings: readonly Finding[],
): readonly Finding[] {
  const others = new Set(
    containers
      .filter(({ name }) => name !== container)
      .flatMap(({ attachments }) => attachments.map(({ outer }) => outer)),
  );
  return findings.filter(({ subject }) => subject === undefined || !others.has(subject));
}
