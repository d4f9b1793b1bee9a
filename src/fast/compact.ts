import { cmd } from '../model/command.ts';
import type { LabContainer } from '../model/lab.ts';
import type { Plan } from '../model/plan.ts';
import { madeBy, type Step } from '../model/step.ts';
import type { Text } from '../model/text.ts';
import { chunks } from './chunks.ts';
import { configureAddresses } from './configure-addresses.ts';
import { createLinks } from './create-links.ts';
import { detachOldRoot, detachTitle } from './detach-old-root.ts';
import { openFirewall } from './open-firewall.ts';
import { rootsTitle, setUpRoot } from './set-up-root.ts';
import { together } from './together.ts';

/** The starts of the containers, each in its own lane. */
function starts(plan: Plan): readonly Step[] {
  return plan.steps
    .filter(({ id }) => id === 'make-cgroup' || id === 'start-child')
    .map((step) => ({ ...step, lane: ['start', step.of] }));
}

/** One step opens all gates, since each gets the same line. */
function release(plan: Plan): readonly Step[] {
  const steps = plan.steps.filter(({ id }) => id === 'release-child');
  const [first] = steps;
  if (first === undefined || steps.length === 1) return steps;
  const containers = plan.lab.containers.map(({ name }) => name);
  return [
    {
      ...first,
      of: plan.name,
      title: {
        en: `Release ${containers.length} containers to run their commands`,
        zh: `放行 ${containers.length} 个容器，运行各自的命令`,
      },
      commands: [
        {
          argv: cmd`echo go`,
          gates: containers,
          makes: steps.flatMap(({ commands }) => commands.flatMap(madeBy)),
        },
      ],
    },
  ];
}

/** The most containers that one shell visits. With two or more containers there are at least two shells. */
const visitsAtOnce = 8;

/**
 * The fast plan: the same state with fewer processes and waits. Pure. Every command is derived from the staged plan's,
 * and every undo is the same (docs/decisions/0011).
 */
export function compact(plan: Plan): Plan {
  const byContainer = new Map<string, Step[]>(plan.lab.containers.map(({ name }) => [name, []]));
  const atOnce = Math.min(visitsAtOnce, Math.ceil(plan.lab.containers.length / 2));
  const visiting = (
    phase: string,
    make: (container: LabContainer, staged: readonly Step[]) => Step,
    titleOf: (containers: number) => Text,
  ): readonly Step[] =>
    chunks(plan.lab.containers, atOnce).map((some, index): Step => {
      const steps = some.map((one) => make(one, byContainer.get(one.name) ?? []));
      const [first] = steps as [Step, ...Step[]];
      return {
        ...first,
        of: some.map(({ name }) => name).join(' '),
        ...(steps.length === 1
          ? {}
          : {
              title: titleOf(steps.length),
              commands: together(steps.flatMap(({ commands }) => commands)),
            }),
        lane: [phase, `visits ${index}`],
      };
    });
  for (const step of plan.steps) byContainer.get(step.of.split('/')[0] ?? '')?.push(step);
  return {
    ...plan,
    fast: true,
    steps: [
      ...starts(plan),
      ...[
        createLinks(plan),
        configureAddresses(plan),
        ...plan.lab.networks.flatMap((one) => openFirewall(one, plan) ?? []),
      ].map((step): Step => ({ ...step, lane: ['build', 'host'] })),
      ...visiting('build', setUpRoot, rootsTitle),
      ...visiting('leave', detachOldRoot, detachTitle),
      ...release(plan),
    ],
  };
}
