import { statfsSync, statSync } from 'node:fs';
import type { Facts } from '../facts/index.ts';
import { askNetwork, readHost } from '../facts/read.ts';
import { follow } from '../model/events.ts';
import type { Resource } from '../model/resource.ts';
import { plannedResources } from '../plan.ts';
import { apply } from '../run/apply.ts';
import { type Claim, claim, releaseName } from '../run/claim.ts';
import { type HeadStart, headStart } from '../run/head-start.ts';
import { reservedBy } from '../run/prepare.ts';
import { undoRun } from '../run/undo-run.ts';
import type { RunState } from '../state/record.ts';
import { allRuns, emptyState, heldBy, isAttached } from '../state/runs.ts';
import { type Attachable, configOf, planAttachment } from './attach.ts';
import { delegate } from './delegate.ts';
import { CniError, codes } from './failure.ts';
import { type Allotted, allot, unallotted } from './ipam.ts';
import { allowLinkOnly } from './link-only.ts';
import type { CniLog } from './log.ts';
import { type NetworkConfig, readNetwork } from './network-config.ts';
import { logOf, nameOf, type Request, recordOf } from './request.ts';
import { type CniResult, printable, type ResultRoute } from './result.ts';

/** No attachment starts a process. */
const noLauncher = {
  start: () => Promise.reject(new Error('an attachment starts nothing')),
  open: () => Promise.reject(new Error('an attachment has no gate')),
  abandon: () => undefined,
  ended: () => undefined,
  releaseNetworks: () => undefined,
};

/** `NSFS_MAGIC` of statfs(2): the file system of namespaces. */
const nsfs = 0x6e73_6673;

/** @throws CniError 4: the kernel would say it later, with a step half done. */
function requireNamespace(path: string): void {
  try {
    if (statfsSync(path).type !== nsfs) {
      throw new CniError(codes.environment, `CNI_NETNS ${path} is no namespace`);
    }
    if (statSync(path).ino === statSync('/proc/self/ns/net').ino) {
      throw new CniError(
        codes.environment,
        `CNI_NETNS ${path} is the host's own network namespace`,
      );
    }
  } catch (error) {
    if (error instanceof CniError) throw error;
    throw new CniError(codes.environment, `CNI_NETNS ${path} cannot be opened`, String(error));
  }
}

/** The addresses that a delegate gave. */
function fromDelegate(result: CniResult | undefined, type: string): Allotted {
  const of = (isSix: boolean): Allotted | undefined => {
    const found = result?.ips.find((one) => one.address.includes(':') === isSix);
    if (found === undefined) return undefined;
    const { gateway } = found;
    if (gateway === undefined) {
      throw new CniError(codes.noAddress, `the IPAM plugin ${type} named no gateway`);
    }
    const [address = '', prefix = isSix ? '128' : '32'] = found.address.split('/');
    return { address, subnet: `${address}/${prefix}`, gateway };
  };
  const [four, ipv6] = [of(false), of(true)];
  if (four === undefined) {
    throw new CniError(codes.noAddress, `the IPAM plugin ${type} gave no IPv4 address`);
  }
  return ipv6 === undefined ? four : { ...four, ipv6 };
}

/** With what IPv6 needs to be known. A delegate's answer is the first to tell that it is needed. */
async function withIpv6(
  facts: Facts,
  { runner }: HeadStart,
  { bridge }: NetworkConfig,
  { ipv6 }: Allotted,
): Promise<Facts> {
  if (ipv6 === undefined || facts.ipv6 !== undefined) return facts;
  const { readIpv6 } = await import('../facts/ipv6.ts');
  const found = await readIpv6(runner, [bridge]);
  return { ...facts, ipv6: found.ipv6, sysctls: { ...facts.sysctls, ...found.sysctls } };
}

function resultOf(
  { lab }: Attachable,
  { parameters }: Request,
  network: NetworkConfig,
  given: CniResult | undefined,
): CniResult {
  const before = network.prevResult ?? { interfaces: [], ips: [], routes: [], dns: {} };
  const [attachment] = lab.containers.flatMap(({ attachments }) => attachments);
  if (attachment === undefined) throw new Error('an attachment has one interface');
  const { outer, outerMac, mac, address, prefix, device, ipv6 } = attachment;
  const { bridge, gateway } = attachment.network;
  const first = before.interfaces.length;
  const mtu = attachment.network.mtu;
  const six = attachment.network.ipv6;
  const defaults: readonly ResultRoute[] = network.isDefaultGateway
    ? [
        { dst: '0.0.0.0/0', gw: gateway },
        ...(six === undefined ? [] : [{ dst: '::/0', gw: six.gateway }]),
      ]
    : [];
  const routes: readonly ResultRoute[] = [
    ...defaults,
    ...network.routes,
    ...(given?.routes ?? []).filter(
      ({ dst }) =>
        !network.routes.some((one) => one.dst === dst) && !defaults.some((one) => one.dst === dst),
    ),
  ];
  return {
    interfaces: [
      ...before.interfaces,
      { name: bridge, mac: attachment.network.mac, mtu },
      { name: outer, mac: `fe${outerMac.slice(2)}`, mtu },
      { name: device, mac, sandbox: parameters.netns, mtu },
    ],
    ips: [
      ...before.ips,
      { address: `${address}/${prefix}`, gateway, interface: first + 2 },
      ...(ipv6 === undefined || six === undefined
        ? []
        : [
            {
              address: `${ipv6.address}/${six.prefix}`,
              gateway: six.gateway,
              interface: first + 2,
            },
          ]),
    ],
    routes: [...before.routes, ...routes],
    dns: { ...before.dns, ...given?.dns, ...network.dns },
  };
}

/** Carries out the plan, or undoes what was begun. @throws CniError 101, with the tool's own words. */
async function carryOut(
  { directory, runner, interrupt }: HeadStart,
  { global }: Claim<unknown>,
  { plan }: Attachable,
  state: RunState,
  log: CniLog,
): Promise<void> {
  const { descriptor } = global;
  const view = log.view(plan);
  const hands = {
    runner,
    launcher: noLauncher,
    hold: descriptor,
    note: () => undefined,
    oneByOne: false,
  };
  const applied = await follow(apply(plan, hands, interrupt.signal), view);
  if (applied.result === 'applied') return;
  const runs = await allRuns(runner, directory, state.name);
  const self = { name: state.name, alive: true, state };
  const left = await undoRun(runner, directory, self, runs, descriptor, view);
  const failure = applied.result === 'failed' ? applied.failure : undefined;
  throw new CniError(
    left.length > 0 ? codes.left : codes.stepFailed,
    failure === undefined ? 'interrupted' : `${failure.line}: ${failure.said}`,
    left.length === 0
      ? 'everything was undone'
      : `left: ${left.map(({ line }) => line).join('; ')}`,
  );
}

/**
 * Leaves out what others' records share of a bridge that somebody has removed: this attachment makes it anew, instead
 * of relying on it.
 */
function withoutGone(facts: Facts): Facts {
  const there = new Set(facts.links.map(({ name }) => name));
  const gone = Object.values(facts.shared).flatMap((one) =>
    one.kind === 'link' && !there.has(one.name) ? [one.name] : [],
  );
  if (gone.length === 0) return facts;
  const rests = (one: Resource) =>
    one.kind === 'link'
      ? !gone.includes(one.name)
      : one.kind !== 'sysctl' || !gone.some((bridge) => one.key.split('/').includes(bridge));
  return {
    ...facts,
    shared: Object.fromEntries(Object.entries(facts.shared).filter(([, one]) => rests(one))),
  };
}

/** The addresses, of a delegate or of ctr's own pool. */
async function addressesFor(
  request: Request,
  network: NetworkConfig,
  facts: Facts,
): Promise<{ readonly allotted: Allotted; readonly given?: CniResult }> {
  const { delegate: type } = network;
  if (type === undefined) return { allotted: allot(network, facts) };
  const { runner, parameters, environment, text } = request;
  let given: CniResult | undefined;
  try {
    given = await delegate(runner, type, parameters, environment, text);
  } catch (error) {
    // It may have taken an address before it failed (CNI 1.1.0, "Delegated plugin execution").
    await releaseAddress(request, network);
    throw error;
  }
  return { allotted: fromDelegate(given, type), ...(given === undefined ? {} : { given }) };
}

async function releaseAddress(request: Request, { delegate: type }: NetworkConfig): Promise<void> {
  if (type === undefined) return;
  const { runner, parameters, environment, text } = request;
  await delegate(runner, type, parameters, { ...environment, CNI_COMMAND: 'DEL' }, text).catch(
    () => undefined,
  );
}

/** ADD: attaches a container's namespace to the network. @returns the result for standard output. */
export async function add(request: Request): Promise<unknown> {
  const { parameters, text } = request;
  const network = readNetwork(text, parameters.args);
  const name = nameOf(network.name, parameters);
  const { directory } = request;
  requireNamespace(parameters.netns);
  const log = logOf(request, network.name, network.log);
  if (isAttached(directory, recordOf(directory, name))) {
    throw new CniError(
      codes.alreadyThere,
      `${parameters.containerId} has ${parameters.ifname} on ${network.name} already`,
    );
  }
  const start = await headStart(request, false, askNetwork);
  try {
    return await attach(request, network, start, log);
  } finally {
    await start.drop();
    start.interrupt.stop();
  }
}

async function attach(
  request: Request,
  network: NetworkConfig,
  start: HeadStart,
  log: CniLog,
): Promise<unknown> {
  const { parameters, directory } = request;
  const name = nameOf(network.name, parameters);
  const placeholder = configOf(name, parameters, network, unallotted(network));
  const read = (asked: Parameters<typeof readHost>[3] = askNetwork(start.runner)) =>
    readHost(start.runner, placeholder, null, asked);
  const locks = await claim(start, name, read);
  if (locks === null) throw new CniError(codes.again, `another ADD of ${name} is at work`);
  let given: CniResult | undefined;
  let made = false;
  try {
    const known = withoutGone({ ...(await locks.read), ...heldBy(locks.others) });
    const chosen = await addressesFor(request, network, known);
    ({ given } = chosen);
    const facts = await withIpv6(known, start, network, chosen.allotted);
    const config = configOf(name, parameters, network, chosen.allotted);
    const { netns, containerId, ifname } = parameters;
    const attachable = planAttachment(config, facts, network, chosen.allotted, netns);
    const state: RunState = {
      ...emptyState(config, facts, {
        resources: plannedResources(attachable.plan),
        order: 'lanes',
        reserved: reservedBy(attachable.plan),
        detached: true,
        createdAt: new Date().toISOString(),
      }),
      attachment: { network: network.name, containerId, ifname, netns },
    };
    directory.save(state);
    await carryOut(start, locks, attachable, state, log);
    directory.append(name, { note: 'ready' });
    allowLinkOnly(directory, state, attachable.plan, network, parameters);
    made = true;
    log.add({ result: 'added' });
    return printable(resultOf(attachable, request, network, given), network.version);
  } catch (error) {
    if (given !== undefined) await releaseAddress(request, network);
    throw error;
  } finally {
    if (made) await locks.runLock.release();
    else await releaseName(directory, name, locks.runLock);
    await locks.global.release();
  }
}
