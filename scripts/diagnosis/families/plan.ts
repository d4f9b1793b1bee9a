import { outward, truth } from '../edits.ts';
import type { Family } from '../family.ts';
import type { LabConfig } from '../fault.ts';

type Container = Readonly<Record<string, unknown>>;

/** The config with keys of the first interface of a container changed. */
function interfaceOf(name: string, change: Readonly<Record<string, unknown>>) {
  return (config: LabConfig) => {
    const container = config.containers[name] as Container;
    const [first, ...rest] = container.interfaces as readonly Container[];
    const interfaces = [{ ...first, ...change }, ...rest];
    return {
      ...config,
      containers: { ...config.containers, [name]: { ...container, interfaces } },
    };
  };
}

export const plan: Family = {
  name: 'plan',
  title:
    'edits of the plan: a gateway nobody owns, no gateway, no translation, a wrong name server',
  faults: (lab) =>
    lab.members.slice(0, 1).flatMap((member) => {
      const { name, place, network } = member;
      const nothing = { plant: [], mend: [] };
      return [
        {
          id: 'no-gateway',
          ...nothing,
          config: interfaceOf(name, { gateway: false }),
          question: outward(member),
          truth: truth('route-missing', place, 'there'),
        },
        {
          id: 'gateway-nobody-owns',
          ...nothing,
          config: interfaceOf(name, { gateway: `${network.stem}.99` }),
          question: outward(member),
          truth: truth(['neighbour-unowned', 'route-elsewhere'], place, 'there'),
        },
        {
          id: 'no-translation',
          ...nothing,
          config: (config: LabConfig) => ({
            ...config,
            networks: {
              ...config.networks,
              [network.name]: { ...config.networks[network.name], masquerade: false },
            },
          }),
          question: outward(member),
          // The config wants none, so none is missing: the world has no way back.
          truth: truth(['masquerade-missing', 'reply-route'], ['host', 'world']),
        },
        {
          id: 'wrong-name-server',
          ...nothing,
          config: (config: LabConfig) => ({
            ...config,
            containers: {
              ...config.containers,
              [name]: { ...config.containers[name], dns: { servers: [network.gateway] } },
            },
          }),
          question: { ...outward(member), to: 'downloads.example' },
          truth: truth(['name-refused', 'target-closed'], [place, 'host']),
        },
      ];
    }),
};
