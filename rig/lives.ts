import { mkdirSync, writeFileSync } from 'node:fs';
import { createRootfs } from './create-rootfs.ts';
import { tutorial } from './tutorial.ts';

/** A run from start to end, as the verbs that are called in turn. */
export interface Life {
  readonly name: string;
  readonly stages: readonly (readonly string[])[];
}

export const planNames = ['tutorial', 'lab', 'ports', 'nftables', 'ipv6', 'nftables6'] as const;
export const lifeNames = ['foreground', 'detached', 'supervisor'] as const;
export type PlanName = (typeof planNames)[number];
/** How commands run: each in its own process, adjacent ones joined, or as the fast plan. */
export type StyleName = 'one-by-one' | 'staged' | 'fast';
export type LifeName = (typeof lifeNames)[number];

/** Three containers on two networks, one of them on both. */
function lab(rootfs: string): unknown {
  const network = (bridge: string, third: number) => ({
    bridge: { name: bridge },
    subnets: [{ subnet: `10.${third}.0.0/24`, gateway: `10.${third}.0.1` }],
  });
  const container = (command: string, ...networks: string[]) => ({
    rootfs,
    command: command.split(' '),
    interfaces: networks.map((one) => ({ network: one })),
  });
  return {
    version: 1,
    name: 'lab',
    networks: { front: network('ctr1', 88), back: network('ctr2', 89) },
    containers: {
      web: container('sleep 600', 'front'),
      app: container('sleep 600', 'front', 'back'),
      db: container('sleep 600', 'back'),
    },
  };
}

/** Writes the config of a plan. @returns the verbs of its life. */
export async function lifeOf(plan: PlanName, life: LifeName, style: StyleName): Promise<Life> {
  const rootfs = '/run/lives/rootfs';
  const file = '/run/lives/config.json';
  mkdirSync('/run/lives');
  await createRootfs(rootfs);
  // One port each on every address, on a loopback address and on one of the host.
  const ports = ['8080:80', '127.0.0.1:8053:53/udp', '198.51.100.2:8000-8001:80-81'];
  const configs = {
    lab: () => lab(rootfs),
    ipv6: () => tutorial({ root_dir: rootfs, bridge_ip6: 'auto' }),
    nftables6: () =>
      tutorial({ root_dir: rootfs, bridge_ip6: 'auto', ports, firewall: 'nftables' }),
    ports: () => tutorial({ root_dir: rootfs, ports }),
    nftables: () => tutorial({ root_dir: rootfs, ports, firewall: 'nftables' }),
    tutorial: () => tutorial({ root_dir: rootfs }),
  };
  const config = configs[plan]();
  writeFileSync(file, JSON.stringify(config));
  const name = plan === 'lab' ? 'lab' : 'labex';
  const up = ['up', ...(style === 'staged' ? [] : [`--${style}`])];
  const stages = {
    // Long enough for ctr to release the global lock meanwhile.
    foreground: [[...up, file, '--', 'sleep', '0.1']],
    detached: [
      [...up, '-d', file, '--', 'sleep', '600'],
      ['down', name],
    ],
    supervisor: [[...up, '-d', file, '--', 'sleep', '0.1']],
  }[life];
  return { name, stages };
}
