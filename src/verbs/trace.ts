import { isIPv4 } from 'node:net';
import type { Question } from '../diagnosis/evidence.ts';
import { gather } from '../diagnosis/gather.ts';
import { isAlive } from '../exec/processes.ts';
import type { Results } from '../json/results.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Lab, LabContainer } from '../model/lab.ts';
import { containerPlace, type Place } from '../model/place.ts';
import { worldNames } from '../model/world-addresses.ts';
import { terminalColumns } from '../render/command-text.ts';
import { printResult } from '../render/result.ts';
import { besideLines, walkLines } from '../render/walk.ts';
import { type Context, say } from '../run/context.ts';
import { sandboxHosts } from '../sandbox/find.ts';
import { globalWords } from '../sandbox/global-words.ts';
import { visit } from '../sandbox/visit.ts';
import { worldPid } from '../snapshot/index.ts';
import type { Where } from '../snapshot/read.ts';
import { stateDirectory } from '../state/directory.ts';
import { refuseElsewhere } from '../state/elsewhere.ts';
import { findContainer } from '../state/find-container.ts';
import { childrenOf } from '../state/runs.ts';
import { endOf } from '../trace/end.ts';
import { resolveName } from '../trace/resolve.ts';
import type { Probe } from '../trace/walk.ts';

export interface TraceFlags {
  readonly protocol?: Probe['protocol'];
  readonly from?: string;
  readonly kernel?: boolean;
  readonly raw?: boolean;
  readonly mermaid?: boolean;
  readonly html?: boolean;
}

/** `ctr trace`, on this host or inside the run's sandbox host. */
export async function traceAnywhere(
  context: Context,
  name: string,
  target: string,
  flags: TraceFlags,
): Promise<number> {
  const [run] = name.split('/');
  const host = sandboxHosts(context).find((one) => one.name === run);
  if (host === undefined) return await traceHere(context, name, target, flags);
  const words = [
    ...(flags.protocol === undefined ? [] : ['--protocol', flags.protocol]),
    ...(flags.from === undefined ? [] : ['--from', flags.from]),
    ...(['kernel', 'raw', 'mermaid', 'html'] as const).flatMap((flag) =>
      flags[flag] === true ? [`--${flag}`] : [],
    ),
  ];
  const all = [...globalWords(context), 'trace', ...words, '--', name, target];
  return await visit(context, host, all, true);
}

function noTarget(target: string, lab: Lab): CtrError {
  return new CtrError(
    'no-such-target',
    exitCodes.usage,
    {
      en: `${target} is no IPv4 address, name, container of ${lab.name}, gateway or world`,
      zh: `${target} 不是 IPv4 地址、域名、${lab.name} 的容器、gateway 或 world`,
    },
    { try: [`ctr inspect ${lab.name}`] },
  );
}

/** The words that stand for addresses of the lab. */
function addressIn(lab: Lab, from: LabContainer | undefined, target: string): string | undefined {
  if (isIPv4(target)) return target;
  if (target === 'world') return worldNames['downloads.example'];
  const [own] = from?.attachments ?? [];
  if (target === 'gateway') return own?.gateway ?? lab.networks[0]?.gateway;
  const other = lab.containers.find((one) => one.name === target);
  const near = other?.attachments.find((one) => one.network.name === own?.network.name);
  return (near ?? other?.attachments[0])?.address;
}

/** The target and its port, as in `10.0.0.3:80`. */
function splitTarget(target: string, lab: Lab): { readonly host: string; readonly port?: number } {
  const found = /^([^:]+)(?::(\d{1,5}))?$/.exec(target);
  const [, host = '', port] = found ?? [];
  if (host === '' || Number(port ?? 1) > 65_535 || Number(port ?? 1) < 1)
    throw noTarget(target, lab);
  return { host, ...(port === undefined ? {} : { port: Number(port) }) };
}

/** The processes of a run's namespaces: of its containers that live, and of the world beside a sandbox host. */
function whereOf(context: Context, lab: Lab): Where {
  const children = childrenOf(stateDirectory(context.stateDir), lab.name);
  const containers = lab.containers.flatMap(({ name }): (readonly [string, number])[] => {
    const child = children.get(name);
    const alive = child !== undefined && isAlive(child.pid, child.start);
    return alive ? [[name, child.pid]] : [];
  });
  return { containers: new Map(containers), world: worldPid() };
}

/** A process in the namespace from which the probe is sent. */
function processIn({ containers, world }: Where, from: Place): number | 'self' | undefined {
  if (from === 'host') return 'self';
  return from === 'world' ? world : containers.get(from.slice(containerPlace('').length));
}

async function traceHere(
  context: Context,
  name: string,
  target: string,
  flags: TraceFlags,
): Promise<number> {
  const { lab, container, run } = findContainer(stateDirectory(context.stateDir), name);
  refuseElsewhere(run, 'trace');
  const where = whereOf(context, lab);
  const { from: wanted } = flags;
  const from: Place =
    wanted === 'host' || wanted === 'world' ? wanted : containerPlace(wanted ?? container.name);
  const pid = processIn(where, from);
  if (pid === undefined) {
    throw new CtrError(
      'no-such-container',
      exitCodes.usage,
      {
        en: `run ${lab.name} has no ${from} that runs`,
        zh: `运行实例 ${lab.name} 没有正在运行的 ${from}`,
      },
      { try: lab.containers.map((one) => `${lab.name}/${one.name}`) },
    );
  }
  const { host, port } = splitTarget(target, lab);
  const sender = lab.containers.find((one) => containerPlace(one.name) === from);
  const known = addressIn(lab, sender, host);
  const protocol = flags.protocol ?? (port === undefined ? 'icmp' : 'tcp');
  if (protocol !== 'icmp' && port === undefined) throw noTarget(target, lab);
  const resolved = known === undefined ? await resolveName(context.runner, pid, host) : undefined;
  const failed = resolved !== undefined && 'failed' in resolved ? resolved : undefined;
  const found = resolved !== undefined && 'address' in resolved ? resolved.address : undefined;
  const address = known ?? found;
  const question: Question = {
    ...{ protocol, from, to: address ?? failed?.server ?? '' },
    ...(host === address || failed !== undefined ? {} : { name: host }),
    ...(port === undefined ? {} : { port }),
    ...(failed === undefined ? {} : { unresolved: { name: host, said: failed.said } }),
  };
  const kernel = flags.kernel === true ? await import('../trace/kernel/index.ts') : undefined;
  const listener = failed === undefined ? await kernel?.listen(context.runner) : undefined;
  const { announced } = listener ?? {};
  const { evidence, raw } = await gather(context.runner, where, question, { lab, announced });
  const { walk } = evidence;
  if (walk === undefined) {
    context.print(
      say(context, {
        en: `${host} has no address: ${failed?.said} (asked ${failed?.server ?? 'nobody'})`,
        zh: `${host} 没有地址：${failed?.said}（询问了 ${failed?.server ?? '无'}）`,
      }),
    );
    return exitCodes.notHeld;
  }
  const said = await listener?.hear(walk);
  const code = endOf(walk).kind === 'arrived' ? exitCodes.done : exitCodes.notHeld;
  if (context.json) {
    const heard =
      said === undefined ? {} : { kernel: kernel?.testimonyJson(said, context.language) };
    printResult(context, 'trace', { ...walk, ...heard } as unknown as Results['trace']);
    return code;
  }
  if (flags.raw === true) {
    for (const [place, lines] of Object.entries(raw)) {
      context.print([`# ${place}`, ...(lines ?? [])].join('\n'));
    }
    return code;
  }
  const columns = Math.max(60, terminalColumns(context.environment, process.stdout));
  const { language, color } = context;
  const width = Math.min(columns, 100);
  context.print(walkLines(walk, { language, columns: width, color }).join('\n'));
  if (kernel !== undefined && said !== undefined) {
    const texts = kernel.testimonyTexts(said);
    context.print(
      besideLines(language === 'zh' ? '内核' : 'kernel', texts, language, width).join('\n'),
    );
  }
  return code;
}
