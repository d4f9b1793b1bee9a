import type { Facts } from '../../facts/index.ts';
import type { Packet } from '../../filter/packet.ts';
import { Filter } from '../../filter/walk.ts';
import { addressPattern, parseAddress } from '../../model/ipv4.ts';
import type { Lab } from '../../model/lab.ts';
import { markedRun } from '../../model/names.ts';
import { isLoopback, type PublishedPort } from '../../model/ports.ts';

/** Ports of a long range that a foreign rule could be about: the ends, and every number in a rule. */
function probed({ first, last }: PublishedPort, texts: readonly string[]): readonly number[] {
  const named = texts.flatMap((text) => (text.match(/\b\d{1,5}\b/g) ?? []).map(Number));
  const inside = named.filter((number) => number >= first && number <= last);
  return [...new Set([first, ...inside, last])];
}

/** The comment of a rule of iptables-save(8), or of one as JSON. */
export function commentOf(rule: string): string {
  return /(?:--comment "?|"comment":")([^\s"]+)/.exec(rule)?.[1] ?? '';
}

/** The rule of somebody else that sends a published port's packets elsewhere. IPv4. */
export function diverting(port: PublishedPort, lab: Lab, facts: Facts): string | undefined {
  const chains = facts.firewall.chains.map((chain) => ({
    ...chain,
    rules: chain.rules.filter((rule) => markedRun(commentOf(rule)) === undefined),
  }));
  const nats = chains.filter(({ rules, table }) =>
    rules.some((rule) => /DNAT|REDIRECT|dnat|redirect/.test(rule) || table === 'nat'),
  );
  if (nats.length === 0) return undefined;
  const filter = new Filter({ chains, sets: facts.firewall.sets });
  const own = facts.links
    .filter(({ name }) => lab.uplinks.includes(name))
    .flatMap(({ addresses }) => addresses.map((one) => one.split('/')[0] ?? ''));
  const loopback = port.address !== null && isLoopback(port.address);
  const to = port.address ?? own.find((one) => addressPattern.test(one));
  const base: Omit<Packet, 'destinationPort'> = {
    protocol: port.protocol === 'sctp' ? undefined : port.protocol,
    ...{ in: lab.uplinks[0] ?? '\0', out: '', bridge: null, source: undefined },
    destination: to === undefined ? undefined : parseAddress(to),
    ...{ sourcePort: undefined, icmpType: null, state: 'new', direction: 'original', mac: null },
    ...{ fromHost: false, toHost: true, mark: 0 },
  };
  const hooks = [
    ...(loopback ? [] : [{ hook: 'prerouting', packet: base }]),
    { hook: 'output', packet: { ...base, in: null, out: 'lo', fromHost: true } },
  ];
  const texts = nats.flatMap(({ rules }) => rules);
  for (const { hook, packet } of hooks) {
    for (const chain of filter.at(hook, ['ip', 'inet'])) {
      if (chain.base?.type !== 'nat') continue;
      for (const destinationPort of probed(port, texts)) {
        const { endings } = filter.walk(chain, { ...packet, destinationPort });
        const found = endings.find(({ verdict }) => verdict.does === 'divert');
        if (found?.rule !== undefined) return found.rule;
      }
    }
  }
  return undefined;
}
