import { fill } from '../command.ts';
import type { LinkFact } from '../facts/index.ts';
import { links, parseLinks } from '../facts/links.ts';
import { read } from '../facts/probe.ts';
import { parseRoutes } from '../facts/routes.ts';
import { readSysctl } from '../facts/sysctls.ts';
import { type Attachment, type Lab, settle } from '../lab.ts';
import type { Text } from '../text.ts';
import { ruleSpec, type Undo } from '../undo.ts';
import { isAlive } from './processes.ts';
import type { Runner } from './runner.ts';
import { childrenOf } from './runs.ts';
import type { RunState, StateDirectory } from './state.ts';

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

function cable({ outer, network }: Attachment, all: readonly LinkFact[]): Finding {
  const link = all.find(({ name }) => name === outer);
  return finding(
    link?.up === true && link.master === network.bridge,
    'host',
    `${outer} is up, a port of ${network.bridge}`,
    `${outer} 已启用，是 ${network.bridge} 的端口`,
    link === undefined ? 'no such link' : `${link.up ? 'up' : 'down'} master ${link.master ?? '-'}`,
  );
}

async function insideOf(
  runner: Runner,
  pid: number,
  attachments: readonly Attachment[],
  container: string,
): Promise<readonly Finding[]> {
  const enter = ['nsenter', '--target', String(pid), '--net'];
  const addresses = await runner.run([...enter, 'ip', '-j', '-d', 'addr', 'show']);
  const routes = await runner.run([...enter, 'ip', '-j', '-4', 'route', 'show']);
  const devices = addresses.ok ? parseLinks(addresses.stdout) : [];
  const table = routes.ok ? parseRoutes(routes.stdout) : [];
  return attachments.flatMap(({ device, address, prefix, gateway }) => {
    const link = devices.find(({ name }) => name === device);
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
    const found = table.find(({ to }) => to === 'default');
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

async function shared(runner: Runner, undo: Undo): Promise<readonly Finding[]> {
  if (undo.kind === 'restore-sysctl') {
    const value = readSysctl(undo.key);
    return [
      finding(
        value === undo.ours,
        'host',
        `${undo.key} = ${undo.ours}`,
        `${undo.key} = ${undo.ours}`,
        value ?? 'none',
      ),
    ];
  }
  if (undo.kind !== 'delete-rule') return [];
  const { table, chain, spec } = ruleSpec(undo.rule);
  const words = fill(spec, new Map());
  const asked = await runner.run(['iptables', '-w', '5', '-t', table, '-C', chain, ...words]);
  const what = `${table} ${chain} ${words.join(' ')}`;
  return [finding(asked.ok, 'host', `rule ${what}`, `规则 ${what}`, 'no such rule')];
}

/** Reads the kernel again and holds it against what the run's plan made. Changes nothing. */
export async function checkRun(
  runner: Runner,
  directory: StateDirectory,
  state: RunState,
): Promise<readonly Finding[]> {
  const { lab } = settle(state.config, state.facts);
  const all = await read(runner, links);
  const children = childrenOf(directory, state.name);
  const findings: Finding[] = [...bridges(lab, all)];
  for (const { name, attachments } of lab.containers) {
    const child = children.get(name);
    const alive = child !== undefined && isAlive(child.pid, child.start);
    findings.push(finding(alive, name, 'its first process runs', '第一个进程在运行', 'ended'));
    findings.push(...attachments.map((one) => cable(one, all)));
    if (alive) findings.push(...(await insideOf(runner, child.pid, attachments, name)));
  }
  for (const undo of state.undos) findings.push(...(await shared(runner, undo)));
  return findings;
}
