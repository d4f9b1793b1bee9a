import type { Config, ContainerConfig } from './schema.ts';

/** `web` with three replicas stands for web-1, web-2 and web-3; without a count, for itself. */
export function replicaNames(name: string, replicas: number | undefined): readonly string[] {
  if (replicas === undefined) return [name];
  return Array.from({ length: replicas }, (_, index) => `${name}-${index + 1}`);
}

/** Every container of a config, each replica by itself, in order. */
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
