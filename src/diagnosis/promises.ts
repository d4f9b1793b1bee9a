import type { Attachment, Lab, LabContainer } from '../model/lab.ts';
import { containerPlace } from '../model/place.ts';
import type { Text } from '../model/text.ts';
import { isSandboxHost, worldNames } from '../model/world-addresses.ts';
import type { Question } from './evidence.ts';
import type { Reading } from './reading.ts';

/** What a lab promises, in the order of the causal chain: without the first the others are not to be expected. */
export const promised = ['itself', 'gateway', 'neighbour', 'names', 'world'] as const;

/** One thing that must work in a lab. */
export interface Promised {
  readonly what: (typeof promised)[number];
  readonly question: Question;
  /** Who is to reach what. */
  readonly title: Text;
}

/** Beyond so many containers each is asked about the next one only, not about all others. */
const fewContainers = 8;

/** A name that stands for the internet, and its address, where the lab is in a sandbox host. */
const example = { name: 'downloads.example', address: worldNames['downloads.example'] };
/** Otherwise a well-known address of the internet. */
const somewhere = '1.1.1.1';

function same(text: string): Text {
  return { en: text, zh: text };
}

function neighbours(
  own: Attachment,
  all: readonly LabContainer[],
): readonly (readonly [string, string])[] {
  const others = all.flatMap(({ name, attachments }) =>
    attachments
      .filter(
        ({ network, container }) =>
          network.name === own.network.name && container !== own.container,
      )
      .map(({ address }) => [name, address] as const),
  );
  if (all.length <= fewContainers) return others;
  const at = all.findIndex(({ name }) => name === own.container);
  const next = all[(at + 1) % all.length]?.name;
  return others.filter(([name]) => name === next);
}

/** What a container needs to have names resolved. Without a usable server in its resolv.conf(5) nothing is to be asked. */
function nameQuestion({ name, resolvers }: LabContainer, reading: Reading): Question | undefined {
  const from = containerPlace(name);
  const [wanted] = resolvers.filter((one) => !one.includes(':'));
  if (wanted === undefined) return undefined;
  const [server] = reading[from]?.resolvers ?? resolvers;
  const asked = { from, protocol: 'udp', port: 53, to: server ?? wanted } as const;
  const unresolved = { name: example.name, said: '' };
  const lacks = server === undefined || server.startsWith('127.');
  return lacks ? { ...asked, unresolved } : asked;
}

/** Everything that a lab promises. @param only one container; all without it. */
export function promisesOf(lab: Lab, reading: Reading, only?: string): readonly Promised[] {
  const sandbox = isSandboxHost(reading.host?.links ?? []);
  const target = sandbox ? example.address : somewhere;
  return lab.containers
    .filter(({ name }) => only === undefined || name === only)
    .flatMap((container): readonly Promised[] => {
      const { name, attachments } = container;
      const from = containerPlace(name);
      const ping = (to: string): Question => ({ from, to, protocol: 'icmp' });
      const named = nameQuestion(container, reading);
      const leaves = attachments.some(
        ({ gateway, network }) => gateway !== null && network.masquerade,
      );
      return [
        { what: 'itself', question: ping('127.0.0.1'), title: same(`${name} → 127.0.0.1`) },
        ...attachments.map(
          ({ network: { gateway } }): Promised => ({
            what: 'gateway',
            question: ping(gateway),
            title: {
              en: `${name} → ${gateway} (gateway)`,
              zh: `${name} → ${gateway}（网关）`,
            },
          }),
        ),
        ...attachments.flatMap((one) =>
          neighbours(one, lab.containers).map(
            ([other, address]): Promised => ({
              what: 'neighbour',
              question: ping(address),
              title: same(`${name} → ${other} (${address})`),
            }),
          ),
        ),
        ...(named === undefined
          ? []
          : [
              {
                what: 'names' as const,
                question: named,
                title: {
                  en: `${name} → names (${named.to}, udp 53)`,
                  zh: `${name} → 域名解析（${named.to}，udp 53）`,
                },
              },
            ]),
        ...(leaves && lab.uplinks.length > 0
          ? [
              {
                what: 'world' as const,
                question: ping(target),
                title: { en: `${name} → the world (${target})`, zh: `${name} → 外网（${target}）` },
              },
            ]
          : []),
      ];
    });
}
