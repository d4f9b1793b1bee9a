import { readNamespaces } from '../diagnosis/read.ts';
import type { Reading } from '../diagnosis/reading.ts';
import { routeText } from '../facts/routes.ts';
import type { SeenRule } from '../graph/assemble.ts';
import type { Topology } from '../graph/topology.ts';
import type { Results } from '../json/results.ts';
import { exitCodes } from '../model/errors.ts';
import { containerPlace, type Place } from '../model/place.ts';
import type { Text } from '../model/text.ts';
import { terminalColumns, textColumns } from '../render/command-text.ts';
import { typed } from '../render/diagnosis.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { printResult } from '../render/result.ts';
import { table } from '../render/table.ts';
import { wrap } from '../render/wrap.ts';
import { type Context, say } from '../run/context.ts';
import { worldPid } from '../snapshot/index.ts';
import type { Where } from '../snapshot/read.ts';
import { gatewayOf, promisesOfStranger } from '../xray/promises.ts';
import { findStranger, type Stranger } from '../xray/stranger.ts';
import type { StrangerWay } from '../xray/way.ts';
import { type Plug, type WiredRule, type Wiring, wiringOf } from '../xray/wiring.ts';
import type { Subject } from './subject.ts';
import { type TraceFlags, traceSubject } from './trace.ts';
import { optionsFor, shownFinding, tellWhy } from './why.ts';

type Chosen = readonly [StrangerWay, string];

/** A container that ctr did not make, as the verbs about runs know theirs. */
interface Found {
  readonly stranger: Stranger;
  readonly place: Place;
  readonly where: Where;
  readonly subject: Subject;
}

async function look<Result>(
  context: Context,
  chosen: Chosen,
  see: (found: Found) => Promise<Result>,
): Promise<Result> {
  const stranger = await findStranger(context.runner, chosen, context.environment);
  const { name, pid, way } = stranger;
  const where = { containers: new Map([[name, pid]]), world: worldPid() };
  const place = containerPlace(name);
  const promisesOf = (reading: Reading) => promisesOfStranger(reading, place, name);
  const doors = way === 'netns' ? new Map([[place, ['ip', 'netns', 'exec', name]]]) : undefined;
  const subject = { doors, name, where, only: name, sandbox: false, promisesOf };
  try {
    return await see({ stranger, place, where, subject });
  } finally {
    stranger.end();
  }
}

/** `ctr why --pid`: what keeps a container from its gateway, names and the world, by the state alone. */
export async function whyStranger(context: Context, chosen: Chosen): Promise<number> {
  return await look(context, chosen, async ({ subject }) => await tellWhy(context, subject));
}

/** `ctr trace --pid`: sends one packet from a container that ctr did not make. */
export async function traceStranger(
  context: Context,
  chosen: Chosen,
  target: string,
  flags: TraceFlags,
): Promise<number> {
  return await look(context, chosen, async ({ subject, place, where }) => {
    const nodes = (flags.node ?? []).map((one) => one.replace(/=\d*$/, ''));
    if (!context.quiet) {
      context.tell(
        say(context, {
          en: `ctr puts a table of its own into nftables of ${[subject.name, ...nodes].join(', ')} and of this host, for one packet`,
          zh: `ctr 在 ${[subject.name, ...nodes].join('、')} 和本机的 nftables 里各放一个自己的表，只为观察一个包`,
        }),
      );
    }
    const gateway =
      target.startsWith('gateway') === true
        ? gatewayOf(await readNamespaces(context.runner, where), place)
        : undefined;
    return await traceSubject(context, { ...subject, gateway }, target, flags);
  });
}

/** The rules that change addresses, as they are printed. */
function natRules({ rules, plugs }: Wiring): readonly SeenRule[] {
  const bridge = plugs.find((one) => one.bridge !== undefined)?.bridge;
  return rules
    .filter(({ does }) => does === 'masquerade' || does === 'snat' || does === 'divert')
    .map(({ text }) => ({ what: 'nat', value: text, bridge }));
}

/** `ctr graph --pid`: how a container is wired, as a topology. */
export async function strangerTopology(context: Context, chosen: Chosen): Promise<Topology> {
  return await look(context, chosen, async ({ stranger, place, where }) => {
    const reading = await readNamespaces(context.runner, where);
    const wiring = wiringOf(reading, place);
    const { readSnapshot } = await import('../snapshot/read.ts');
    const snapshot = await readSnapshot(context.runner, { containers: where.containers });
    const { topologyOfSnapshot } = await import('../graph/index.ts');
    const routes = reading.host?.routes ?? [];
    const marks = {
      name: stranger.name,
      containers: [stranger.name],
      bridges: wiring.plugs.flatMap(({ bridge }) => bridge ?? []),
      uplinks: routes.flatMap(({ to, dev }) =>
        to === 'default' && dev !== undefined ? [dev] : [],
      ),
      pairs: wiring.plugs.flatMap(({ device, peer }) =>
        peer === undefined ? [] : [{ outer: peer.device, inner: device }],
      ),
      rules: natRules(wiring),
    };
    const at = new Date().toISOString();
    const topology = topologyOfSnapshot(snapshot, marks, { from: 'kernel', at });
    if (stranger.way !== 'netns') return topology;
    // The process that holds the namespace ends with ctr.
    return { ...topology, places: topology.places.map(({ pid: _, ...one }) => one) };
  });
}

const labels = {
  container: { en: 'container', zh: '容器' },
  pid: { en: 'pid', zh: '进程号' },
  dns: { en: 'dns', zh: 'DNS' },
  route: { en: 'route', zh: '路由' },
  out: { en: 'rule out', zh: '出方向规则' },
  in: { en: 'rule in', zh: '入方向规则' },
  fails: { en: 'fails', zh: '故障' },
  byHand: { en: 'by hand', zh: '手工查看' },
} satisfies Record<string, Text>;

const phrases = {
  alone: { en: 'no cable: it has no other end', zh: '没有线缆：它没有对端' },
  beyond: {
    en: 'its other end is in a network namespace that ctr has not read',
    zh: '它的对端在 ctr 没有读取的网络命名空间里',
  },
  noBridge: { en: 'port of no bridge', zh: '没有接入网桥' },
  down: { en: 'down', zh: '关闭' },
  noDefault: { en: 'no default route', zh: '没有默认路由' },
  nothing: { en: 'nothing, by the state alone', zh: '仅从状态看，没有故障' },
} satisfies Record<string, Text>;

function cableText({ peer, beyond, bridge, bridgeAddresses = [] }: Plug): Text {
  if (peer === undefined) return beyond === true ? phrases.beyond : phrases.alone;
  const place = peer.place.replace(/^container /, '');
  const down = peer.up
    ? { en: '', zh: '' }
    : { en: `, ${phrases.down.en}`, zh: `，${phrases.down.zh}` };
  const at = bridgeAddresses.length === 0 ? '' : ` (${bridgeAddresses.join(', ')})`;
  return {
    en: `veth peer ${peer.device} (${place}${down.en}), ${bridge === undefined ? phrases.noBridge.en : `port of ${bridge}${at}`}`,
    zh: `veth 对端 ${peer.device}（${place}${down.zh}），${bridge === undefined ? phrases.noBridge.zh : `接在网桥 ${bridge} 上${at}`}`,
  };
}

function ruleText({ tool, family, table: inTable, chain, text }: WiredRule): string {
  const where =
    tool === 'nft' ? `nft ${family} ${inTable} ${chain}` : `${tool} ${inTable} ${chain}`;
  return `${where}: ${text}`;
}

type Judgement = Awaited<ReturnType<typeof judge>>;

async function judge(reading: Reading, place: Place, name: string) {
  const { whyBroken } = await import('../diagnosis/judges.ts');
  return whyBroken(promisesOfStranger(reading, place, name), reading, undefined);
}

/** What fails first: the first finding, in the order of a packet's way. */
function firstOf({ wrong, possible }: Judgement) {
  return wrong[0]?.finding ?? possible[0];
}

function print(
  context: Context,
  { stranger, place, subject }: Found,
  reading: Reading,
  wiring: Wiring,
  judged: Judgement,
): void {
  const own = reading[place];
  const { name, pid, way } = stranger;
  const first = firstOf(judged);
  const label = (key: keyof typeof labels) => say(context, labels[key]);
  const room = textColumns(terminalColumns(context.environment, process.stdout)) - 13;
  const wrapped = (key: string, text: string): readonly (readonly string[])[] =>
    wrap(escapeControls(text), Math.max(40, room)).map((line, at) => [at === 0 ? key : '', line]);
  const rows = [
    [label('container'), way === 'pid' ? name : `${name} (${way})`],
    ...(way === 'netns' ? [] : [[label('pid'), String(pid)]]),
    ...wiring.plugs.flatMap((plug) => [
      [
        plug.device,
        `${plug.addresses.join(' ') || '-'}  ${plug.mac}${plug.up ? '' : `  ${say(context, phrases.down)}`}`,
      ],
      ...wrapped('', say(context, cableText(plug))),
      [
        '',
        plug.gateway === undefined
          ? say(context, phrases.noDefault)
          : `default via ${plug.gateway}`,
      ],
    ]),
    [label('dns'), (own?.resolvers ?? []).join(' ') || '-'],
    ...(own?.routes ?? []).map((route) => [label('route'), routeText(route)]),
    ...wiring.rules.flatMap((rule) => wrapped(label(rule.direction), ruleText(rule))),
    ...wrapped(label('fails'), say(context, first?.says ?? phrases.nothing)),
    [label('byHand'), typed({ place, argv: ['ip', 'addr'] }, optionsFor(context, subject))],
  ];
  context.print(table(['', ''], rows).replace(/^\n/, ''));
}

/** `ctr inspect --pid`: what a container is wired to, which rules it meets, and what fails first. */
export async function inspectStranger(context: Context, chosen: Chosen): Promise<number> {
  return await look(context, chosen, async (found) => {
    const { stranger, place, where, subject } = found;
    const reading = await readNamespaces(context.runner, where);
    const wiring = wiringOf(reading, place);
    const judged = await judge(reading, place, stranger.name);
    if (!context.json) {
      print(context, found, reading, wiring, judged);
      return exitCodes.done;
    }
    const first = firstOf(judged);
    const shown: Results['inspect --pid'] = {
      name: stranger.name,
      way: stranger.way,
      pid: stranger.way === 'netns' ? null : stranger.pid,
      interfaces: wiring.plugs.map((plug) => ({
        name: plug.device,
        kind: plug.kind,
        up: plug.up,
        mac: plug.mac,
        addresses: [...plug.addresses],
        gateway: plug.gateway ?? null,
        peer: plug.peer ?? null,
        bridge: plug.bridge ?? null,
        bridge_addresses: [...(plug.bridgeAddresses ?? [])],
      })),
      resolvers: [...(reading[place]?.resolvers ?? [])],
      routes: (reading[place]?.routes ?? []).map(routeText),
      rules: wiring.rules.map((rule) => ({ ...rule })),
      fails: first === undefined ? null : shownFinding(first, optionsFor(context, subject)),
    };
    printResult(context, 'inspect --pid', shown);
    return exitCodes.done;
  });
}
