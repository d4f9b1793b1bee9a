import { isAlive } from '../exec/processes.ts';
import type { Runner } from '../exec/runner.ts';
import { markedCgroups } from '../facts/cgroup.ts';
import { links, parseLinks } from '../facts/links.ts';
import { parseRoutes, routes } from '../facts/routes.ts';
import { hasAddresses6, parseRoutes6, routes6 } from '../facts/routes6.ts';
import { messageOf } from '../model/errors.ts';
import type { Inside, Process, Read, Seen } from '../resources/kind.ts';
import { readRules, readTables } from './marks.ts';

/** What reads need. */
export interface ReadingHands {
  readonly runner: Runner;
  readonly hold?: number | undefined;
  /** First processes by container. */
  readonly children: ReadonlyMap<string, Process>;
}

/** @throws with what the program said. */
async function outputOf({ runner, hold }: ReadingHands, argv: readonly string[]): Promise<string> {
  const look = await runner.run(argv, { hold });
  if (!look.ok) throw new Error(look.stderr.trim());
  return look.stdout;
}

/** By container; one that has ended has nothing any more, and is left out. */
async function insides(hands: ReadingHands): Promise<ReadonlyMap<string, Inside>> {
  const all = new Map<string, Inside>();
  for (const [name, { pid, start }] of hands.children) {
    if (!isAlive(pid, start)) continue;
    const enter = ['nsenter', '--target', String(pid), '--net'];
    try {
      const found = parseLinks(await outputOf(hands, [...enter, ...links.argv]));
      all.set(name, {
        links: found,
        routes: parseRoutes(await outputOf(hands, [...enter, ...routes.argv])),
        ...(hasAddresses6(found)
          ? { routes6: parseRoutes6(await outputOf(hands, [...enter, ...routes6.argv])) }
          : {}),
      });
    } catch (error) {
      if (isAlive(pid, start)) throw error;
    }
  }
  return all;
}

/** How each property of `Seen` is read; the type makes the table complete. */
const readers: {
  readonly [K in Read]-?: (hands: ReadingHands) => Promise<Required<Seen>[K]>;
} = {
  links: async (hands) => parseLinks(await outputOf(hands, links.argv)),
  rules: async ({ runner, hold }) => await readRules(runner, hold),
  tables: async ({ runner, hold }) => await readTables(runner, hold),
  cgroups: async () => markedCgroups(),
  inside: insides,
  processes: async ({ children }) => children,
};

/**
 * Reads what the resources of a removal are judged by, and nothing else.
 * @returns an error message when something of it cannot be read.
 */
export async function readBefore(
  needs: readonly Read[],
  hands: ReadingHands,
): Promise<Seen | string> {
  try {
    const read = needs.map(async (need) => [need, await readers[need](hands)] as const);
    return Object.fromEntries(await Promise.all(read));
  } catch (error) {
    return messageOf(error);
  }
}
