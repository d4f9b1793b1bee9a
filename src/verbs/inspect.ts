import { exitCodesOf } from '../exec/supervisor.ts';
import { parseLinks } from '../facts/links.ts';
import { parseRoutes, routeText } from '../facts/routes.ts';
import { hasAddresses6, parseRoutes6, routes6 } from '../facts/routes6.ts';
import type { Results } from '../json/results.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import { isSandboxHost, worldNamesFor } from '../model/world-addresses.ts';
import { printResult } from '../render/result.ts';
import { table } from '../render/table.ts';
import { settle } from '../resolve/lab.ts';
import { type Context, say } from '../run/context.ts';
import { stateDirectory } from '../state/directory.ts';
import { type EndedRun, endOf } from '../state/ended.ts';
import { findContainer, findRun, noSuchContainer } from '../state/find-container.ts';
import { hasIpv6 } from '../steps/ipv6.ts';

async function inside6({ runner }: Context, enter: readonly string[]) {
  const found = await runner.run([...enter, ...routes6.argv]);
  return found.ok ? parseRoutes6(found.stdout) : [];
}

async function inside(context: Context, pid: number) {
  const enter = ['nsenter', '--target', String(pid), '--net'];
  const links = await context.runner.run([...enter, 'ip', '-j', '-d', 'addr', 'show']);
  const routes = await context.runner.run([...enter, 'ip', '-j', '-4', 'route', 'show']);
  const here = links.ok ? parseLinks(links.stdout) : [];
  return {
    links: here,
    routes: routes.ok ? parseRoutes(routes.stdout) : [],
    ...(hasAddresses6(here) ? { routes6: await inside6(context, enter) } : {}),
  };
}

export type Described = Results['inspect'];

/** @throws CtrError when the run has no container of that name. */
function refuseUnknown(name: string, all: readonly string[]): void {
  const [run = '', only] = name.split('/');
  if (only === undefined || all.includes(only)) return;
  throw noSuchContainer(run, only, all, exitCodes.usage);
}

/** The labels before the values. */
const labels = {
  container: { en: 'container', zh: '容器' },
  ended: { en: 'ended', zh: '结束时间' },
  exitCode: { en: 'exit code', zh: '退出码' },
  pid: { en: 'pid', zh: '进程号' },
  sandbox: { en: 'sandbox', zh: '沙盒' },
  rootfs: { en: 'rootfs', zh: '根文件系统' },
  command: { en: 'command', zh: '命令' },
  dns: { en: 'dns', zh: 'DNS' },
  route: { en: 'route', zh: '路由' },
  world: { en: 'world', zh: '可用域名' },
  byHand: { en: 'by hand', zh: '手工查看' },
} satisfies Record<string, Text>;

const phrases = {
  noDefault: { en: 'no default route', zh: '没有默认路由' },
  worldOnly: {
    en: 'a sandbox host reaches only the servers that ctr sandbox --help lists',
    zh: '沙盒主机不接互联网，只能访问 ctr sandbox --help 列出的服务器',
  },
} satisfies Record<string, Text>;

function hostOfItsOwn(pid: number): Text {
  return {
    en: `host of its own, first process ${pid}`,
    zh: `专用的沙盒主机，首个进程 ${pid}`,
  };
}

function cableText(outer: string, inner: string, bridge: string): Text {
  return {
    en: `veth pair ${outer} - ${inner}, port of ${bridge}`,
    zh: `veth 对 ${outer} - ${inner}，接在网桥 ${bridge} 上`,
  };
}

/** The config and the kernel's current state of each container of a run. */
async function describe(context: Context, name: string): Promise<Described> {
  const directory = stateDirectory(context.stateDir);
  const [runName = '', only] = name.split('/');
  const run = findRun(directory, runName, exitCodes.usage);
  const { lab } = settle(run.config, run.facts);
  refuseUnknown(
    name,
    lab.containers.map((one) => one.name),
  );
  const ended = exitCodesOf(directory.runPath(runName));
  const containers = await Promise.all(
    lab.containers
      .filter((container) => only === undefined || container.name === only)
      .map(async (container) => {
        const { pid } = findContainer(directory, `${runName}/${container.name}`);
        return {
          name: container.name,
          hostname: container.hostname,
          pid: pid ?? null,
          exit_code: ended.get(container.name) ?? null,
          rootfs: container.rootfs,
          command: container.command,
          interfaces: container.attachments.map((one) => ({
            name: one.device,
            network: one.network.name,
            bridge: one.network.bridge,
            address: `${one.address}/${one.prefix}`,
            ...(one.ipv6 === undefined
              ? {}
              : {
                  address6: `${one.ipv6.address}/${one.network.ipv6?.prefix}`,
                  gateway6: one.ipv6.gateway,
                }),
            mac: one.mac,
            host_interface: one.outer,
            gateway: one.gateway,
          })),
          resolvers: container.resolvers,
          kernel: pid === undefined ? null : await inside(context, pid),
        };
      }),
  );
  return {
    name: run.name,
    state: 'up',
    detached: run.detached,
    created: run.createdAt,
    ended: null,
    networks: lab.networks,
    world: isSandboxHost(run.facts.links) ? worldNamesFor(hasIpv6(lab)) : null,
    containers,
    sandbox: null,
    resources: run.resources,
  };
}

/** What ctr keeps of a run that has ended by itself. */
function describeEnd(name: string, ended: EndedRun): Described {
  const [runName = '', only] = name.split('/');
  refuseUnknown(name, [...ended.exitCodes.keys()]);
  const unknown = { hostname: null, pid: null, rootfs: null, command: null, kernel: null };
  return {
    name: runName,
    state: 'ended',
    detached: true,
    created: null,
    ended: new Date(ended.at).toISOString(),
    networks: [],
    containers: [...ended.exitCodes]
      .filter(([container]) => only === undefined || container === only)
      .map(([container, code]) => ({
        ...{ name: container, exit_code: code },
        ...unknown,
        ...{ interfaces: [], resolvers: [] },
      })),
    sandbox: null,
    world: null,
    resources: [],
  };
}

function inspectEnd(context: Context, name: string, ended: EndedRun): number {
  const described = describeEnd(name, ended);
  if (context.json) {
    printResult(context, 'inspect', described);
    return exitCodes.done;
  }
  const rows = described.containers.flatMap((container) => [
    [say(context, labels.container), `${described.name}/${container.name}`],
    [say(context, labels.ended), described.ended ?? '-'],
    [say(context, labels.exitCode), String(container.exit_code)],
  ]);
  context.print(table(['', ''], rows).replace(/^\n/, ''));
  return exitCodes.done;
}

/** `ctr inspect`: for a run that is up, or one that has recently ended by itself. */
export async function inspect(context: Context, name: string): Promise<number> {
  try {
    return await inspectRun(context, name);
  } catch (error) {
    if (!(error instanceof CtrError && error.code === 'no-such-run')) throw error;
    // Checked after the run: how it ended is written before its record is removed.
    const ended = endOf(context.stateDir, name.split('/')[0] ?? '');
    if (ended === undefined) throw error;
    return inspectEnd(context, name, ended);
  }
}

async function inspectRun(context: Context, name: string): Promise<number> {
  return printDescription(context, await describe(context, name));
}

/** The command that shows a container's addresses, for a user who may enter its namespaces. */
function byHand(pid: number | null, sandbox: Described['sandbox']): string {
  if (pid === null) return '-';
  const users = sandbox?.own_users === true ? ' --user --preserve-credentials' : '';
  return `nsenter --target ${pid}${users} --net ip addr`;
}

/** Prints the result of `describe`, as JSON or as a table. */
export function printDescription(context: Context, described: Described): number {
  if (context.json) {
    printResult(context, 'inspect', described);
    return exitCodes.done;
  }
  const { sandbox } = described;
  const label = (key: keyof typeof labels) => say(context, labels[key]);
  const rows = described.containers.flatMap((container) => [
    [label('container'), `${described.name}/${container.name}`],
    [label('pid'), String(container.pid ?? '-')],
    ...(sandbox === null ? [] : [[label('sandbox'), say(context, hostOfItsOwn(sandbox.pid))]]),
    ...(container.exit_code === null ? [] : [[label('exitCode'), String(container.exit_code)]]),
    [label('rootfs'), container.rootfs ?? '-'],
    [label('command'), (container.command ?? []).join(' ')],
    ...container.interfaces.flatMap((one) => [
      [one.name, `${one.address}  ${one.mac}`],
      ...(one.address6 === undefined ? [] : [['', one.address6]]),
      ['', say(context, cableText(one.host_interface, one.name, one.bridge))],
      ['', one.gateway === null ? say(context, phrases.noDefault) : `default via ${one.gateway}`],
      ...(one.gateway6 == null ? [] : [['', `default via ${one.gateway6}`]]),
    ]),
    [label('dns'), container.resolvers.join(' ')],
    ...[...(container.kernel?.routes ?? []), ...(container.kernel?.routes6 ?? [])].map((route) => [
      label('route'),
      routeText(route),
    ]),
    ...(described.world === null
      ? []
      : [
          [label('world'), Object.keys(described.world).join(' ')],
          ['', say(context, phrases.worldOnly)],
        ]),
    [label('byHand'), byHand(container.pid, sandbox)],
  ]);
  context.print(table(['', ''], rows).replace(/^\n/, ''));
  return exitCodes.done;
}
