import { rulesLike } from '../facts/firewall.ts';
import type { LinkFact } from '../facts/index.ts';
import { readSysctl } from '../facts/sysctls.ts';
import { type Attachment, type Lab, settle } from '../lab.ts';
import { isOurGroup } from '../names.ts';
import type { Text } from '../text.ts';
import { ruleSpec, type Undo, undoArgv } from '../undo.ts';
import type { Marks } from './marks.ts';
import { type Inside, observe } from './observe.ts';
import type { Runner } from './runner.ts';
import { childrenOf } from './runs.ts';
import type { StateDirectory } from './state.ts';
import type { RunState } from './state-file.ts';
import { otherPorts } from './sweep.ts';

/** One thing the plan made, and whether the kernel still has it. */
export interface Finding {
  readonly holds: boolean;
  /** `host`, or a container. */
  readonly where: string;
  readonly what: Text;
  /** What is there instead. */
  readonly found?: string;
}

function finding(holds: boolean, where: string, en: string, zh: string, found?: string): Finding {
  return { holds, where, what: { en, zh }, ...(found === undefined ? {} : { found }) };
}

function bridges(lab: Lab, all: readonly LinkFact[]): readonly Finding[] {
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
        : `${link.up ? 'up' : 'down'} ${link.addresses.join(' ')}`,
    );
  });
}

/** Somebody else's ports in a bridge of ours; nothing is said when there are none. */
function strangers({ links }: Marks, undos: readonly Undo[]): readonly Finding[] {
  return undos.flatMap((undo) => {
    if (undo.kind !== 'delete-link' || undo.shared === undefined) return [];
    const ports = otherPorts(links, undo.link, ({ group }) => isOurGroup(group));
    if (ports.length === 0) return [];
    return [
      finding(
        false,
        'host',
        `${undo.link} has no ports of others`,
        `${undo.link} 上没有别人的端口`,
        ports.join(' '),
      ),
    ];
  });
}

function cable({ outer, network }: Attachment, link: LinkFact | undefined): Finding {
  return finding(
    link?.up === true && link.master === network.bridge,
    'host',
    `${outer} is up, a port of ${network.bridge}`,
    `${outer} 已启用，是 ${network.bridge} 的端口`,
    link === undefined ? 'no such link' : `${link.up ? 'up' : 'down'} master ${link.master ?? '-'}`,
  );
}

function insideOf(
  { links, routes }: Inside,
  attachments: readonly Attachment[],
  container: string,
): readonly Finding[] {
  return attachments.flatMap(({ device, address, prefix, gateway }) => {
    const link = links.find(({ name }) => name === device);
    const wanted = `${address}/${prefix}`;
    const interfaceFinding = finding(
      link?.up === true && link.addresses.includes(wanted),
      container,
      `${device} is up with ${wanted}`,
      `${device} 已启用，地址 ${wanted}`,
      link === undefined
        ? 'no such link'
        : `${link.up ? 'up' : 'down'} ${link.addresses.join(' ')}`,
    );
    if (gateway === null) return [interfaceFinding];
    const found = routes.find(({ to }) => to === 'default');
    const routeFinding = finding(
      found?.gateway === gateway,
      container,
      `default route via ${gateway}`,
      `默认路由经 ${gateway}`,
      found === undefined ? 'none' : `via ${found.gateway ?? '-'}`,
    );
    return [interfaceFinding, routeFinding];
  });
}

function shared(undo: Undo, marks: Marks): readonly Finding[] {
  if (undo.kind === 'restore-sysctl') {
    const value = readSysctl(undo.key);
    const what = `${undo.key} = ${undo.ours}`;
    return [finding(value === undo.ours, 'host', what, what, value ?? 'none')];
  }
  if (undo.kind !== 'delete-rule') return [];
  const { table, chain, spec } = ruleSpec(undo.rule);
  const what = `${table} ${chain} ${spec.join(' ')}`;
  const there = rulesLike(marks.rules, undoArgv(undo).map(String)).length > 0;
  return [finding(there, 'host', `rule ${what}`, `规则 ${what}`, 'no such rule')];
}

/** What two processes can tell of a run: all but the insides of its containers. */
export interface Outside {
  /** Of one container's cables. */
  readonly cables: ReadonlyMap<string, readonly Finding[]>;
  readonly bridges: readonly Finding[];
  readonly shared: readonly Finding[];
}

export function outsideOf(lab: Lab, undos: readonly Undo[], marks: Marks): Outside {
  const byName = new Map(marks.links.map((link) => [link.name, link]));
  return {
    cables: new Map(
      lab.containers.map(({ name, attachments }) => [
        name,
        attachments.map((one) => cable(one, byName.get(one.outer))),
      ]),
    ),
    bridges: bridges(lab, marks.links),
    shared: [...undos.flatMap((undo) => shared(undo, marks)), ...strangers(marks, undos)],
  };
}

/** Reads the kernel again and holds it against what the run's plan made. Changes nothing. */
export async function checkRun(
  runner: Runner,
  directory: StateDirectory,
  state: RunState,
): Promise<readonly Finding[]> {
  const { lab } = settle(state.config, state.facts);
  const { marks, inside } = await observe(runner, childrenOf(directory, state.name));
  const outside = outsideOf(lab, state.undos, marks);
  const containers = lab.containers.flatMap(({ name, attachments }) => {
    const place = inside.get(name);
    const runs = place !== undefined;
    return [
      finding(runs, name, 'its first process runs', '第一个进程在运行', 'ended'),
      ...(outside.cables.get(name) ?? []),
      ...(runs ? insideOf(place, attachments, name) : []),
    ];
  });
  return [...outside.bridges, ...containers, ...outside.shared];
}
