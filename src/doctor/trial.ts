import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { Runner } from '../exec/runner.ts';
import type { Mode } from './finding.ts';

/** Something that the kernel has to be able to do, and the command that shows it. */
interface Feature {
  readonly name: string;
  /** Lines of sh(1), run in the throw-away namespaces. They may use what earlier features have made. */
  readonly script: string;
  /** The program that the lines need, if it may be missing. */
  readonly program?: string;
  /** The modules that the kernel loads for it, unless they are built in. */
  readonly modules: readonly string[];
  /** The modes that need it; without any, it is needed only for some verbs. */
  readonly neededBy: readonly Mode[];
}

const both: readonly Mode[] = ['sandbox', 'root'];
const append = 'iptables -w 5 -t';

/** The features, in the order in which they are tried. Each is tried by doing what a run or `ctr trace` does. */
export const features = [
  {
    name: 'veth',
    script: 'ip link add name v0 type veth peer name v1',
    modules: ['veth'],
    neededBy: both,
  },
  {
    name: 'bridge',
    script: 'ip link add name b0 type bridge',
    modules: ['bridge'],
    neededBy: both,
  },
  { name: 'netns', script: 'unshare --net true', modules: [], neededBy: both },
  {
    name: 'MASQUERADE',
    script: `${append} nat -A POSTROUTING -j MASQUERADE -m comment --comment ctr`,
    program: 'iptables',
    modules: ['xt_MASQUERADE', 'xt_comment'],
    neededBy: both,
  },
  {
    name: 'conntrack',
    script: `${append} filter -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT`,
    program: 'iptables',
    modules: ['xt_conntrack', 'nf_conntrack'],
    neededBy: both,
  },
  {
    name: 'overlay',
    script:
      'cd /run && mkdir l u w m && mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w m',
    modules: ['overlay'],
    neededBy: both,
  },
  {
    name: 'nf_tables',
    script: 'nft add table inet t',
    program: 'nft',
    modules: ['nf_tables'],
    neededBy: [],
  },
  {
    name: 'netdev ingress',
    script:
      "nft add table netdev t && nft 'add chain netdev t i { type filter hook ingress device lo priority 0; }'",
    program: 'nft',
    modules: ['nf_tables'],
    neededBy: [],
  },
  {
    name: 'netdev egress',
    script: "nft 'add chain netdev t e { type filter hook egress device lo priority 0; }'",
    program: 'nft',
    modules: ['nf_tables'],
    neededBy: [],
  },
  {
    name: 'owner tables',
    script: "nft 'table inet o { flags owner; }'",
    program: 'nft',
    modules: ['nf_tables'],
    neededBy: [],
  },
  {
    name: 'vlan',
    script: 'ip link add name vl0 link v0 type vlan id 7',
    modules: ['8021q'],
    neededBy: [],
  },
  {
    name: 'vxlan',
    script: 'ip link add name vx0 type vxlan id 7 dstport 4789',
    modules: ['vxlan'],
    neededBy: [],
  },
] as const satisfies readonly Feature[];

export type FeatureName = (typeof features)[number]['name'];

/** `untried`: its program is missing. `loadable`: to try it would load a module into this machine's kernel. */
export interface Tried {
  readonly name: FeatureName;
  readonly result: 'works' | 'fails' | 'loadable' | 'untried';
  readonly said: string;
}

/** What became of the throw-away namespaces. */
export type Trial =
  | { readonly made: true; readonly tried: readonly Tried[] }
  | { readonly made: false; readonly missing: boolean; readonly said: string };

/** Modules of this kernel that are not loaded, and that the kernel would load on use (modprobe(8), modules.dep). */
function loadableModules(): ReadonlySet<string> {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  const loaded = new Set([...read('/proc/modules').matchAll(/^\S+/gm)].map(([name]) => name));
  const listed = read(`/lib/modules/${release()}/modules.dep`);
  return new Set(
    [...listed.matchAll(/^[^:\n]*\/([^/:\n]+?)\.ko[.\w]*:/gm)]
      .map(([, name = '']) => name.replaceAll('-', '_'))
      .filter((name) => !loaded.has(name)),
  );
}

/** Begins the line with a feature's exit status; no tool prints it. */
const mark = '\u001e';

/** Sets up what a sandbox host sets up (src/sandbox/host.ts); then tries each feature. */
function scriptFor(names: ReadonlySet<string>): string {
  const lines = features
    .filter(({ name }) => names.has(name))
    .map(
      ({ name, script }) => `said=$( (${script}) 2>&1); printf '%s\\n' "${mark}${name}=$?" "$said"`,
    );
  return [
    'mount -t tmpfs -o mode=0755 tmpfs /run && mount -t sysfs sysfs /sys || exit 1',
    'ip link set dev lo up && echo 0 >/proc/sys/net/ipv4/ip_forward || exit 1',
    ...lines,
  ].join('\n');
}

export function parseTrial(stdout: string): ReadonlyMap<string, { code: string; said: string }> {
  const parts = stdout.split(mark).slice(1);
  return new Map(
    parts.map((part) => {
      const [, name = '', code = '', said = ''] = /^([^=]*)=(\d+)\n([\s\S]*)$/.exec(part) ?? [];
      return [name, { code, said: said.trim() }] as const;
    }),
  );
}

/**
 * Makes the namespaces of a sandbox host, tries the features in them, and lets the kernel remove everything with their
 * last process. A feature whose module is not loaded is not tried: that would load it for the whole machine.
 * @param has whether a program is installed.
 */
export async function tryFeatures(
  runner: Runner,
  asRoot: boolean,
  has: (program: string) => boolean,
): Promise<Trial> {
  const loadable = loadableModules();
  const resultOf = ({ program, modules }: Feature) => {
    if (program !== undefined && !has(program)) return 'untried';
    return modules.some((module) => loadable.has(module)) ? 'loadable' : undefined;
  };
  const names = new Set(
    features.filter((one) => resultOf(one) === undefined).map(({ name }) => name),
  );
  // As src/verbs/sandbox.ts does it.
  const ran = await runner.run([
    'unshare',
    ...(asRoot ? [] : ['--user', '--map-root-user', 'unshare']),
    ...['--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup', '--fork', '--kill-child'],
    ...['--mount-proc', '--propagation', 'private', 'sh', '-c', scriptFor(names)],
  ]);
  const answers = parseTrial(ran.stdout);
  if (answers.size < names.size)
    return { made: false, missing: ran.missing, said: ran.stderr.trim() };
  return {
    made: true,
    tried: features.map((feature): Tried => {
      const { code, said } = answers.get(feature.name) ?? { code: '', said: '' };
      const result = resultOf(feature) ?? (code === '0' ? 'works' : 'fails');
      return { name: feature.name, result, said: result === 'fails' ? said : '' };
    }),
  };
}
