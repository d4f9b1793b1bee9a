import { isIPv4 } from 'node:net';
import type { Promised } from '../diagnosis/promises.ts';
import type { Reading } from '../diagnosis/reading.ts';
import type { Place } from '../model/place.ts';
import { isSandboxHost, worldNames } from '../model/world-addresses.ts';

/** An address of the internet, or of the world beside a sandbox host. */
export function worldTarget(reading: Reading): string {
  return isSandboxHost(reading.host?.links ?? []) ? worldNames['downloads.example'] : '1.1.1.1';
}

/** The next hop of the default route of main. */
export function gatewayOf(reading: Reading, place: Place): string | undefined {
  return reading[place]?.routes.find(({ to, table }) => to === 'default' && table === undefined)
    ?.gateway;
}

/** What a container is for which nobody has written down what it is to reach: what most of them are to reach. */
export function promisesOfStranger(
  reading: Reading,
  place: Place,
  name: string,
): readonly Promised[] {
  const own = reading[place];
  if (own === undefined) return [];
  const ping = (to: string) => ({ from: place, to, protocol: 'icmp' as const });
  const gateway = gatewayOf(reading, place);
  const server = own.resolvers.find((one) => isIPv4(one) && !one.startsWith('127.'));
  const world = worldTarget(reading);
  return [
    {
      what: 'itself',
      question: ping('127.0.0.1'),
      title: { en: `${name} → 127.0.0.1`, zh: `${name} → 127.0.0.1` },
    },
    ...(gateway === undefined
      ? []
      : [
          {
            what: 'gateway' as const,
            question: ping(gateway),
            title: {
              en: `${name} → ${gateway} (gateway)`,
              zh: `${name} → ${gateway}（网关）`,
            },
          },
        ]),
    ...(server === undefined
      ? []
      : [
          {
            what: 'names' as const,
            question: { from: place, to: server, protocol: 'udp' as const, port: 53 },
            title: {
              en: `${name} → names (${server}, udp 53)`,
              zh: `${name} → 域名解析（${server}，udp 53）`,
            },
          },
        ]),
    {
      what: 'world',
      question: ping(world),
      title: { en: `${name} → the world (${world})`, zh: `${name} → 外网（${world}）` },
    },
  ];
}
