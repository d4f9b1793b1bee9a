import { isAlive } from '../exec/processes.ts';
import type { Runner } from '../exec/runner.ts';
import { links, parseLinks } from '../facts/links.ts';
import { parseRoutes, routes } from '../facts/routes.ts';
import { hasAddresses6, parseRoutes6, routes6 } from '../facts/routes6.ts';
import type { Resource } from '../model/resource.ts';
import type { Inside } from '../resources/kind.ts';
import { besidesOf, type Marks, readMarks, unreadableHost } from './marks.ts';

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
  const here = found.ok ? parseLinks(found.stdout) : [];
  const table6 = hasAddresses6(here) ? await runner.run([...enter, ...routes6.argv]) : undefined;
  return {
    links: here,
    routes: table.ok ? parseRoutes(table.stdout) : [],
    ...(table6?.ok === true ? { routes6: parseRoutes6(table6.stdout) } : {}),
  };
}

/** @throws CtrError with exit code 4 when the host cannot be read. */
export async function observe(
  runner: Runner,
  children: Children,
  resources: readonly Resource[],
): Promise<Seen> {
  const alive = [...children].filter(([, { pid, start }]) => isAlive(pid, start));
  const marks = await readMarks(runner, undefined, besidesOf(resources));
  if (marks === undefined) throw unreadableHost();
  const inside = new Map<string, Inside>();
  for (const [name, { pid }] of alive) inside.set(name, await lookInside(runner, pid));
  return { marks, inside };
}
