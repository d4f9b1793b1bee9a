import type { PrivateHost } from './private-host.ts';
import { shell } from './shell.ts';

/** A cable between two nodes, each of which keeps its own way to the world: lan0, with 192.0.2.1 and 192.0.2.2. */
export async function layCable(hosts: readonly PrivateHost[]): Promise<void> {
  await shell(
    'ip link add name node1 type veth peer name node2',
    ...hosts.map(({ enter }, index) => `ip link set node${index + 1} netns ${enter[2]}`),
  );
  for (const [index, host] of hosts.entries()) {
    await host.hand(
      `ip link set node${index + 1} name lan0`,
      `ip addr add 192.0.2.${index + 1}/24 dev lan0`,
      'ip link set lan0 up',
    );
  }
}
