import { type Argv, cmd } from '../model/command.ts';
import { isKind, type Kind, type Resource, type ResourceOf } from '../model/resource.ts';
import { type Command, madeBy, type Step } from '../model/step.ts';
import { enter, type Namespace } from '../model/where.ts';
import { removeArgv } from '../resources/index.ts';
import type { NetworkState, Snapshot } from '../snapshot/snapshot.ts';

/** What a single change is taken back from. */
export interface Before {
  /** The state before the step. */
  readonly snapshot: Snapshot;
  /** Path of the host's network namespace, as a process in a container's network namespace sees it. */
  readonly hostNetwork: string;
}

/**
 * - a command: it takes back exactly this change.
 * - goes: the kernel takes it back with another resource of the same step.
 * - undefined: the kernel has no way back.
 */
type WayBack = Argv | 'goes' | undefined;

type Reverse<R extends Resource> = (
  resource: R,
  before: Before,
  step: readonly Resource[],
) => WayBack;

function inside(
  container: string | undefined,
  namespaces: readonly Namespace[],
  words: Argv,
): Argv {
  return container === undefined ? words : enter(container, namespaces, words).argv;
}

function placeIn({ host, containers }: Snapshot, container: string | undefined): NetworkState {
  return container === undefined ? host : (containers[container] ?? host);
}

/** The resources of the interface itself: what belongs to it goes with it. */
function goesWith(link: string, container: string | undefined, step: readonly Resource[]): boolean {
  return container === undefined && step.some((one) => one.kind === 'link' && one.name === link);
}

function stagedPath(path: string): string {
  // Until pivot_root(2), the container's future files are in the upper layer of its overlay.
  return path.startsWith('/mnt/') ? path : `/mnt/upper${path}`;
}

/** conntrack(8) fails where there is nothing to delete, and here that is as good. */
function forgettingSome(argv: Argv): Argv {
  return cmd`sh -euc ${`${argv.map(String).join(' ')} || :`}`;
}

/** Settings of IPv6 for one interface; in a new network namespace all of them are 1, but `disable_ipv6`. */
const linkSysctl = /^\/proc\/sys\/(net\/ipv6\/conf\/.+\/(\w+))$/;

/** How each kind of change is taken back by itself; the type makes the table complete. */
const reverses: { readonly [K in Kind]: Reverse<ResourceOf<K>> } = {
  link: (one) => removeArgv(one),
  sysctl: (one) => removeArgv(one),
  'firewall-rule': (one) => removeArgv(one),
  'nft-table': (one) => removeArgv(one),
  'nft-rule': () => 'goes',
  connections: (one) => forgettingSome(removeArgv(one)),
  cgroup: (one) => removeArgv(one),
  process: (one) => removeArgv(one),
  // ctr reads the old settings before it uses a bridge that was there; the step itself changes none of them.
  'bridge-settings': () => 'goes',
  peer({ name, of, container }, { snapshot, hostNetwork }) {
    if (container === undefined) return 'goes';
    const old = snapshot.host.links.find((link) => link.peer === of)?.name;
    if (old === undefined) return undefined;
    return inside(
      container,
      ['net'],
      cmd`ip link set dev ${name} netns ${hostNetwork} name ${old}`,
    );
  },
  'link-setting'({ link, setting, value, container }, { snapshot }, step) {
    if (goesWith(link, container, step)) return 'goes';
    const old = placeIn(snapshot, container).links.find(({ name }) => name === link);
    if (old === undefined) return undefined;
    const set = cmd`ip link set dev ${link}`;
    switch (setting) {
      case 'up':
        return old.up ? 'goes' : inside(container, ['net'], [...set, 'down']);
      case 'mac':
        return inside(container, ['net'], [...set, 'address', old.mac]);
      case 'master':
        return inside(
          container,
          ['net'],
          [...set, ...(old.master === undefined ? ['nomaster'] : ['master', old.master])],
        );
      case 'altname':
        return inside(container, ['net'], cmd`ip link property del dev ${link} altname ${value}`);
      case 'hairpin':
        return inside(container, ['net'], [...set, ...cmd`type bridge_slave hairpin off`]);
    }
  },
  address({ link, address, container }, _, step) {
    if (goesWith(link, container, step)) return 'goes';
    return inside(container, ['net'], cmd`ip addr del ${address} dev ${link}`);
  },
  route({ to, via, dev, container }) {
    const way = via === undefined ? [] : ['via', via];
    return inside(container, ['net'], cmd`ip route del ${to} ${way} dev ${dev}`);
  },
  mount({ container, path }) {
    // The new root hides the old one, which is detached: it cannot be had back.
    if (!path.startsWith('/mnt')) return undefined;
    return inside(container, ['mount'], cmd`umount --no-mtab --recursive ${path}`);
  },
  file({ container, path }, _, step) {
    const [, key = '', name] = linkSysctl.exec(path) ?? [];
    if (key !== '') {
      // Those of a bridge go with it.
      if (container === undefined || name === 'disable_ipv6') return 'goes';
      return inside(container, ['net'], cmd`sysctl -qw ${`${key}=1`}`);
    }
    // A map of user ids can be written once (user_namespaces(7)); settings of a cgroup go with it.
    if (container === undefined) return step.some(isKind('cgroup')) ? 'goes' : undefined;
    const staged = stagedPath(path);
    const goes = step.some((one) => one.kind === 'mount' && staged.startsWith(`${one.path}/`));
    return goes ? 'goes' : inside(container, ['mount'], cmd`rm ${staged}`);
  },
  hostname({ container }, { snapshot }) {
    const old = snapshot.containers[container]?.process.hostname;
    return old === undefined ? undefined : inside(container, ['uts'], cmd`hostname ${old}`);
  },
  program: () => undefined,
};

/**
 * The commands that take back one step by itself, the last change first. What other runs share, a step only inherits:
 * there is nothing to take back.
 * @returns undefined when the kernel has no way back: the container must be started anew.
 */
export function reverseOf(step: Step, before: Before): readonly Command[] | undefined {
  const resources = step.commands.flatMap(madeBy);
  const back: Command[] = [];
  for (const resource of resources.toReversed()) {
    const reverse = reverses[resource.kind] as unknown as Reverse<Resource>;
    const argv = reverse(resource, before, resources);
    if (argv === undefined) return undefined;
    if (argv !== 'goes') back.push({ argv, makes: [], removes: [resource] });
  }
  return back;
}

/** Whether a step can be taken back by itself; known before it runs. */
export function isReversible({ commands }: Step): boolean {
  return commands
    .flatMap(madeBy)
    .every(
      (one) =>
        one.kind !== 'program' &&
        !(one.kind === 'mount' && !one.path.startsWith('/mnt')) &&
        !(
          one.kind === 'file' &&
          one.container === undefined &&
          one.path.startsWith('/proc/') &&
          !linkSysctl.test(one.path)
        ),
    );
}

/** The container that a step is for: the whole of it is started anew where a step has no way back. */
export function containerOf({ of, commands }: Step, names: readonly string[]): string | undefined {
  const [first = ''] = of.split('/');
  if (names.includes(first)) return first;
  const makes = commands.flatMap(madeBy);
  const found = makes.find((one) => 'container' in one && one.container !== undefined);
  return found !== undefined && 'container' in found ? found.container : undefined;
}
