import type { Place } from '../../src/model/place.ts';
import type { Edit, Fault, Question, Truth } from './fault.ts';
import { type Lab, type Member, uplink, web } from './lab.ts';

export function on(place: Place, ...lines: readonly string[]): readonly Edit[] {
  return lines.map((line) => ({ place, line }));
}

export function host(...lines: readonly string[]): readonly Edit[] {
  return on('host', ...lines);
}

/** Lines that also see the files of the container. */
export function inside({ place }: Member, ...lines: readonly string[]): readonly Edit[] {
  return lines.map((line) => ({ place, line, files: true }));
}

export function ping(from: Member | Place, to: string): Question {
  return { from: typeof from === 'string' ? from : from.place, to, protocol: 'icmp' };
}

export function connect(from: Member | Place, to: string, port: number): Question {
  return { ...ping(from, to), protocol: 'tcp', port };
}

/** A ping to a server of the world. */
export function outward(from: Member): Question {
  return ping(from, web);
}

export function truth(
  causes: string | readonly string[],
  at: Place | readonly Place[],
  direction?: 'there' | 'back',
  others: readonly string[] = [],
): Truth {
  const list = <T extends string>(some: T | readonly T[]): readonly T[] =>
    typeof some === 'string' ? [some] : some;
  return {
    causes: list<string>(causes),
    at: list<Place>(at),
    ...(direction === undefined ? {} : { direction }),
    ...(others.length === 0 ? {} : { others }),
  };
}

/** The first and the last: enough to show that it does not depend on which. */
export function some(lab: Lab): readonly Member[] {
  return lab.members.filter((_, index, all) => index === 0 || index === all.length - 1);
}

/** Pairs of different containers on one bridge. */
export function neighbours(lab: Lab): readonly (readonly [Member, Member])[] {
  const [first, ...rest] = lab.members;
  if (first === undefined) return [];
  return rest
    .filter(({ network }) => network === first.network)
    .map((other) => [first, other] as const)
    .slice(0, 2);
}

/** The process id of a container's first process, where a line is run. */
export function containerPid(name: string): string {
  return `$pid_${name}`;
}

/** Restores the routes that an interface of a container loses when it goes down. */
export function defaultRoute({ network, device }: Member): string {
  return `ip route add default via ${network.gateway} dev ${device}`;
}

/** A sysctl of the host or a container is set, and later set back to what it was. */
export function sysctl(
  place: Place,
  key: string,
  value: number | string,
): Pick<Fault, 'plant' | 'mend'> {
  const kept = `/run/score/kept-${key.replaceAll('/', '-')}`;
  return {
    plant: on(place, `cat /proc/sys/${key} >${kept}; echo ${value} >/proc/sys/${key}`),
    mend: on(place, `cat ${kept} >/proc/sys/${key}; rm ${kept}`),
  };
}

/** A rule of iptables is inserted as the first of its chain, and deleted. */
export function iptables(
  place: Place,
  chain: string,
  rule: string,
  table = 'filter',
): Pick<Fault, 'plant' | 'mend'> {
  return {
    plant: on(place, `iptables -w 5 -t ${table} -I ${chain} 1 ${rule}`),
    mend: on(place, `iptables -w 5 -t ${table} -D ${chain} ${rule}`),
  };
}

/** A table of nft of somebody else's, with one chain. */
export function nft(
  place: Place,
  family: string,
  chain: string,
  ...rules: readonly string[]
): Pick<Fault, 'plant' | 'mend'> {
  const lines = rules.map((rule) => `nft 'add rule ${family} theirs base ${rule}'`);
  return {
    plant: on(
      place,
      [
        `nft add table ${family} theirs`,
        `nft 'add chain ${family} theirs base { ${chain} }'`,
        ...lines,
      ].join('; '),
    ),
    mend: on(place, `nft delete table ${family} theirs`),
  };
}

/** The whole firewall of iptables is kept before, and restored after. */
export function firewallEdit(line: string): Pick<Fault, 'plant' | 'mend'> {
  return {
    plant: host(`iptables-save >/run/score/firewall; ${line}`),
    mend: host('iptables-restore </run/score/firewall; rm /run/score/firewall'),
  };
}

/** A web server in a namespace. Its process id is kept in a file. */
export function server(place: Place, address: string, port: number) {
  const file = `/run/score/server-${place.replace(' ', '-')}-${port}`;
  return {
    start: on(
      place,
      `setsid busybox httpd -f -p ${address}:${port} -h /run/score/www </dev/null >/dev/null 2>&1 & echo $! >${file}; sleep 0.05`,
    ),
    // It has let go of its port before the next one wants it.
    stop: on(place, `kill $(cat ${file}); rm ${file}; sleep 0.1`),
  };
}

/** A server for the time of the fault. */
export function serverScene(place: Place, port: number): NonNullable<Fault['scene']> {
  const { start, stop } = server(place, '0.0.0.0', port);
  return { plant: start, mend: stop };
}

export { uplink, web };
