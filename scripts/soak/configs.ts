import { writeFileSync } from 'node:fs';
import type { Dice } from '../../rig/dice.ts';

export const own = '/run/soak';
export const rootfs = `${own}/rootfs`;
export const names = ['ada', 'bob', 'cat', 'dan', 'eve'] as const;

const networks = {
  front: { bridge: 'ctr0', third: 88 },
  back: { bridge: 'ctr1', third: 89 },
  side: { bridge: 'ctr2', third: 90 },
} as const;
type NetworkName = keyof typeof networks;

const commands: readonly (readonly string[])[] = [
  ['sleep', '600'],
  ['sleep', '600'],
  ['sh', '-c', 'sleep 0.3; exit 3'],
  ['sh', '-c', 'trap "" TERM; sleep 600'],
  ['sh', '-c', 'for n in 1 2 3; do sleep 600 & done; wait'],
  ['true'],
];

/** A config of one to three containers on one to three networks, which other runs may share. */
function config(name: string, dice: Dice): unknown {
  const used = (Object.keys(networks) as NetworkName[]).filter(() => dice.chance(0.5));
  const chosen: readonly NetworkName[] = used.length === 0 ? ['front'] : used;
  const container = (nth: number) => {
    const [first = 'front', ...more] = chosen.filter((_, index) => index === 0 || dice.chance(0.6));
    return {
      rootfs,
      command: dice.pick(commands),
      interfaces: [first, ...more].map((network) => ({
        network,
        // Sometimes two containers get the same address.
        ...(dice.chance(0.2)
          ? { addresses: [`10.${networks[network].third}.0.${10 + nth + dice.below(3)}`] }
          : {}),
      })),
    };
  };
  return {
    version: 1,
    name,
    networks: Object.fromEntries(
      chosen.map((network) => {
        const { bridge, third } = networks[network];
        return [
          network,
          {
            bridge: { name: bridge },
            subnets: [{ subnet: `10.${third}.0.0/24`, gateway: `10.${third}.0.1` }],
            masquerade: dice.chance(0.7),
          },
        ];
      }),
    ),
    containers: Object.fromEntries(
      ['one', 'two', 'six'].slice(0, 1 + dice.below(3)).map((key, nth) => [key, container(nth)]),
    ),
  };
}

/** Writes a config for each run. @returns their paths, by name. */
export function writeConfigs(dice: Dice): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.map((name) => {
      const file = `${own}/${name}.json`;
      writeFileSync(file, JSON.stringify(config(name, dice)));
      return [name, file];
    }),
  );
}
