import { runner as direct, type Runner } from '../exec/runner.ts';
import { parseLinks } from '../facts/links.ts';
import { parseRoutes } from '../facts/routes.ts';
import { parseRoutes6 } from '../facts/routes6.ts';
import { readHostView } from '../facts/view.ts';
import { losses } from '../losses/index.ts';
import { madeBy } from '../model/step.ts';
import { planOf } from '../plan.ts';
import { settle } from '../resolve/lab.ts';
import { hostFindings } from '../run/check/resources.ts';
import { observe } from '../run/observe.ts';
import { hasIpv6 } from '../steps/ipv6.ts';
import { rulesOfEither } from '../steps/rules-of.ts';
import { delegate } from './delegate.ts';
import { CniError, codes } from './failure.ts';
import { type NetworkConfig, readNetwork } from './network-config.ts';
import { nameOf, type Request, recordOf } from './request.ts';
import { atLeast } from './versions.ts';

/** What the container's namespace lacks of what ADD reported. Further addresses and routes are the container's own. */
async function insideProblems(
  runner: Runner,
  netns: string,
  ifname: string,
  network: NetworkConfig,
): Promise<readonly string[]> {
  const enter = ['nsenter', `--net=${netns}`];
  // ip prints at least []: on a loaded machine the output of a command in a persistent shell has come back empty.
  const read = async (...words: readonly string[]) => {
    const argv = [...enter, 'ip', '-j', ...words];
    const first = await runner.run(argv);
    return first.ok && first.stdout.trim() === '' ? await direct.run(argv) : first;
  };
  const { prevResult } = network;
  const isSix = prevResult?.ips.some(({ address }) => address.includes(':')) === true;
  const [addresses, routes, routes6] = await Promise.all([
    read('-d', 'addr', 'show'),
    read('-4', 'route', 'show'),
    ...(isSix ? [read('-6', 'route', 'show')] : []),
  ]);
  if (!addresses.ok) return [`cannot read ${netns}: ${addresses.stderr.trim()}`];
  const link = parseLinks(addresses.stdout).find(({ name }) => name === ifname);
  if (link === undefined) return [`${ifname} is not in ${netns}`];
  const ours = prevResult?.interfaces.findIndex(
    ({ name, sandbox }) => name === ifname && sandbox === netns,
  );
  const wanted = (prevResult?.ips ?? []).filter(
    (one) => one.interface === undefined || one.interface === ours,
  );
  const mac = prevResult?.interfaces[ours ?? -1]?.mac;
  if (!routes.ok) return [`cannot read the routes of ${netns}: ${routes.stderr.trim()}`];
  const found = parseRoutes(routes.stdout).map(({ to }) => to);
  const found6 = routes6?.ok === true ? parseRoutes6(routes6.stdout).map(({ to }) => to) : [];
  const missing = (prevResult?.routes ?? []).filter(({ dst }) =>
    dst.includes(':')
      ? isSix && !found6.includes(dst === '::/0' ? 'default' : dst.replace(/\/128$/, ''))
      : !found.includes(dst === '0.0.0.0/0' ? 'default' : dst.replace(/\/32$/, '')),
  );
  const there = [...link.addresses, ...(link.addresses6 ?? [])];
  return [
    ...(link.up ? [] : [`${ifname} is down`]),
    ...wanted
      .filter(({ address }) => !there.includes(address))
      .map(({ address }) => `${ifname} lacks the address ${address}`),
    ...(mac === undefined || mac === link.mac
      ? []
      : [`${ifname} has the MAC ${link.mac}, not ${mac}`]),
    ...missing.map(({ dst }) => `the route to ${dst} is missing`),
  ];
}

/** CHECK: compares the attachment with what ADD made and with what its packets need. */
export async function check(request: Request): Promise<undefined> {
  const { parameters, text, runner, directory, environment } = request;
  const network = readNetwork(text, parameters.args);
  if (!atLeast(network.version, '0.4.0')) {
    throw new CniError(codes.version, `CHECK does not exist in version ${network.version}`);
  }
  if (network.prevResult === undefined) {
    throw new CniError(codes.configuration, 'CHECK needs prevResult');
  }
  const name = nameOf(network.name, parameters);
  const state = recordOf(directory, name);
  if (state === undefined) {
    throw new CniError(
      codes.unknownContainer,
      `${parameters.containerId} is not attached to ${network.name}`,
    );
  }
  if (network.delegate !== undefined) {
    await delegate(runner, network.delegate, parameters, environment, text);
  }
  const { lab } = settle(state.config, state.facts);
  const routed = network.isGateway;
  const [marks, host, inside] = await Promise.all([
    observe(runner, new Map(), state.resources),
    readHostView(runner, hasIpv6(lab)),
    insideProblems(runner, parameters.netns, parameters.ifname, network),
  ]);
  const plan = planOf(lab, state.facts);
  const made = [
    ...plan.steps.flatMap(({ commands }) => commands).flatMap(madeBy),
    ...state.resources,
  ].filter(
    (one) =>
      !('container' in one && one.container !== undefined) && (routed || one.kind === 'link'),
  );
  const findings = hostFindings(lab, made, { ...marks.marks, inside: new Map() })
    .filter(({ holds }) => !holds)
    .map(({ what, found }) => `${what.en}: ${found ?? 'missing'}`);
  const lost = routed ? await losses(lab, host, rulesOfEither(lab, state.facts)) : [];
  const all = [...inside, ...findings, ...lost.map(({ message }) => message.en)];
  if (all.length > 0) {
    throw new CniError(codes.checkFailed, all.join('; '), `ctr cni log ${parameters.containerId}`);
  }
  return undefined;
}
