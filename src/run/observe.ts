import { isAlive } from '../exec/processes.ts';
import type { Runner } from '../exec/runner.ts';
import type { LinkFact, RouteFact } from '../facts/index.ts';
import { links, parseLinks } from '../facts/links.ts';
import { parseRoutes, routes } from '../facts/routes.ts';
import type { Resource } from '../model/resource.ts';
import { type Marks, needTables, readMarks, unreadableHost } from './marks.ts';

/** The contents of a container's network namespace. */
export interface Inside {
  readonly links: readonly LinkFact[];
  readonly routes: readonly RouteFact[];
}

/** What the kernel has now on the host and in each running container. */
export interface Seen {
  readonly marks: Marks;
  readonly inside: ReadonlyMap<string, Inside>;
}

type Children = ReadonlyMap<string, { readonly pid: number; readonly start: string }>;

async function lookInside(runner: Runner, pid: number): Promise<Inside> {
  const enter = ['nsenter', '--target', String(pid), '--net'];
  const [found, table] = await Promise.all([
    runner.run([...enter, ...links.argv]),
    runner.run([...enter, ...routes.argv]),
  ]);
  return {
    links: found.ok ? parseLinks(found.stdout) : [],
    routes: table.ok ? parseRoutes(table.stdout) : [],
  };
}

/** @throws CtrError with exit code 4 when the host cannot be read. */
export async function observe(
  runner: Runner,
  children: Children,
  resources: readonly Resource[],
): Promise<Seen> {
  const alive = [...children].filter(([, { pid, start }]) => isAlive(pid, start));
  const marks = await readMarks(runner, undefined, needTables(resources));
  if (marks === undefined) throw unreadableHost();
  const inside = new Map<string, Inside>();
  for (const [name, { pid }] of alive) inside.set(name, await lookInside(runner, pid));
  return { marks, inside };
}
