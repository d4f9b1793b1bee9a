import type { Config, ContainerConfig } from './schema.ts';

/** The names of a container's replicas: web-1, web-2 and web-3 for `web` with three, `web` without a count. */
export function replicaNames(name: string, replicas: number | undefined): readonly string[] {
  if (replicas === undefined) return [name];
  return Array.from({ length: replicas }, (_, index) => `${name}-${index + 1}`);
}

/** All containers of a config in order; each replica is one of them. */
export function containersOf(config: Config): readonly (readonly [string, ContainerConfig])[] {
  return Object.entries(config.containers).flatMap(([key, container]) => {
    if (container.replicas === undefined) return [[key, container] as const];
    const { hostname } = container;
    return replicaNames(key, container.replicas).map((name, index) => {
      const own = hostname === undefined ? {} : { hostname: `${hostname}-${index + 1}` };
      return [name, { ...container, ...own }] as const;
    });
  });
}
