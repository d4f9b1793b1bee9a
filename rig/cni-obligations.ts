import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Answer, callPlugin, debianPlugins, type Parameters, type Printed } from './cni.ts';
import { sh } from './sh.ts';
import { shell } from './shell.ts';
import { snapshot } from './snapshot.ts';

/** A plugin on trial: what differs between ctr and the reference plugins. */
export interface Candidate {
  readonly name: string;
  readonly file: string;
  readonly type: string;
  /** The newest version that it prints results of. */
  readonly version: string;
  /** Its IPAM for a subnet. */
  ipam(subnet: string): Json;
}

type Json = Readonly<Record<string, unknown>>;

/** One candidate with two fresh namespaces, `a` and `b`. */
export interface Trial {
  readonly candidate: Candidate;
  /** A folder for files of this trial. */
  readonly folder: string;
  readonly a: string;
  readonly b: string;
  config(more?: Json): Json;
  call(command: string, config: unknown, parameters?: Parameters): Promise<Answer>;
  /** @throws when ADD fails. */
  add(config?: Json, parameters?: Parameters): Promise<Printed>;
}

export interface Obligation {
  readonly verb: string;
  /** `must` and `should` are of the specification; `engines` is what engines rely on, and `host` what a host deserves. */
  readonly weight: 'must' | 'should' | 'engines' | 'host';
  readonly text: string;
  holds(trial: Trial): Promise<boolean>;
}

const inside = async (name: string, ...argv: readonly string[]): Promise<string | undefined> => {
  const ran = await sh(['ip', 'netns', 'exec', name, ...argv]);
  return ran.code === 0 ? ran.out : undefined;
};
const pings = async (name: string, address: string): Promise<boolean> =>
  (await inside(name, 'ping', '-c1', '-W2', address)) !== undefined;
const rules = async (): Promise<string> =>
  (await sh(['iptables-save'])).out
    .split('\n')
    .filter((line) => line.startsWith('-A'))
    .join('\n');

/** An error as the specification wants it. */
function isError({ code, json }: Answer, wanted?: number): boolean {
  return (
    code !== 0 &&
    typeof json?.code === 'number' &&
    typeof json.msg === 'string' &&
    json.msg !== '' &&
    (wanted === undefined || json.code === wanted)
  );
}
const isQuiet = ({ code, out }: Answer): boolean => code === 0 && out === '';

/** Makes an attachment, breaks something, and looks whether CHECK notices. */
function notices(...broken: readonly string[]) {
  return async ({ add, call, config, a }: Trial): Promise<boolean> => {
    const prevResult = await add();
    const asked = config({ prevResult });
    if (!isQuiet(await call('CHECK', asked, { netns: a }))) return false;
    const port = prevResult.interfaces?.[1]?.name ?? '';
    await shell(...broken.map((line) => line.replaceAll('PORT', port)));
    return isError(await call('CHECK', asked, { netns: a }));
  };
}

/** A delegate that writes down what it got. */
function spy({ folder }: Trial, answer: string): string {
  const file = `${folder}/seen`;
  rmSync(file, { force: true });
  const script = `#!/bin/sh\n{ env; cat; echo; } >>${file}\n[ "$CNI_COMMAND" = ADD ] || exit 0\n${answer}\n`;
  writeFileSync(`${folder}/spy`, script, { mode: 0o755 });
  return file;
}
const spied = (trial: Trial): Parameters => ({
  more: { CNI_PATH: `${trial.folder}:${debianPlugins}`, OTHER: 'variable' },
});
const given = (rest: string) =>
  `echo '{"cniVersion":"1.0.0","ips":[{"address":"10.97.0.50/24","gateway":"10.97.0.1"}]${rest}}'`;

function refuses(text: string, parameters: Parameters, variable: string): Obligation {
  return {
    verb: 'all',
    weight: 'must',
    text,
    async holds({ call, config }) {
      const answer = await call('ADD', config(), parameters);
      return isError(answer, 4) && `${answer.json?.msg} ${answer.json?.details}`.includes(variable);
    },
  };
}

export const obligations: readonly Obligation[] = [
  // ── all verbs
  {
    verb: 'all',
    weight: 'must',
    text: 'a configuration that is not JSON is code 6',
    holds: async ({ call }) => isError(await call('ADD', '{'), 6),
  },
  {
    verb: 'all',
    weight: 'must',
    text: 'a version that it does not print is code 1',
    holds: async ({ call, config }) =>
      isError(await call('ADD', config({ cniVersion: '9.9.9' })), 1),
  },
  {
    verb: 'all',
    weight: 'must',
    text: 'an error names its cniVersion',
    async holds({ call, config, a }) {
      const { json } = await call('ADD', config({ bridge: 7 }), { netns: a });
      return typeof json?.code === 'number' && typeof json.cniVersion === 'string';
    },
  },
  refuses('no CNI_CONTAINERID is code 4, and names it', { id: '' }, 'CNI_CONTAINERID'),
  refuses('a CNI_CONTAINERID with a slash is code 4', { id: 'a/b' }, 'a/b'),
  refuses('no CNI_IFNAME is code 4, and names it', { ifname: '' }, 'CNI_IFNAME'),
  refuses('no CNI_NETNS is code 4, and names it', { netns: '' }, 'CNI_NETNS'),
  {
    verb: 'all',
    weight: 'should',
    text: 'an interface name of 16 bytes is refused before anything is made',
    async holds({ call, config }) {
      const before = await snapshot();
      const answer = await call('ADD', config(), { ifname: 'abcdefghijklmnop' });
      return isError(answer) && (await snapshot()) === before;
    },
  },
  {
    verb: 'all',
    weight: 'host',
    text: 'an interface name with %d, which the kernel expands, is refused',
    holds: async ({ call, config }) => isError(await call('ADD', config(), { ifname: 'eth%d' })),
  },
  {
    verb: 'all',
    weight: 'must',
    text: 'an unknown CNI_COMMAND is code 4',
    holds: async ({ call, config }) => isError(await call('PATCH', config()), 4),
  },
  {
    verb: 'all',
    weight: 'must',
    text: 'reserved and unknown keys do no harm',
    async holds({ add, config }) {
      const reserved = { args: { labels: [] }, capabilities: { dns: true }, 'cni.dev/x': 1, y: {} };
      return (await add(config(reserved))).ips?.length === 1;
    },
  },
  // ── VERSION
  {
    verb: 'VERSION',
    weight: 'must',
    text: 'needs CNI_COMMAND alone',
    async holds({ call }) {
      const { json } = await call(
        'VERSION',
        { cniVersion: '1.0.0' },
        { id: '', netns: '', ifname: '' },
      );
      return json?.supportedVersions?.includes('1.0.0') === true;
    },
  },
  {
    verb: 'VERSION',
    weight: 'must',
    text: 'answers in the version of the question',
    async holds({ call }) {
      const answers = await Promise.all(
        ['0.4.0', '1.0.0'].map(async (cniVersion) => await call('VERSION', { cniVersion })),
      );
      return answers.map(({ json }) => json?.cniVersion).join(' ') === '0.4.0 1.0.0';
    },
  },
  {
    verb: 'VERSION',
    weight: 'should',
    text: 'specification 1.1.0 is among them',
    async holds({ call }) {
      const { json } = await call('VERSION', { cniVersion: '1.0.0' });
      return json?.supportedVersions?.includes('1.1.0') === true;
    },
  },
  {
    verb: 'VERSION',
    weight: 'must',
    text: 'an ADD of each listed version from 0.3.1 on works, and its result is of that version',
    async holds({ call, config, a }) {
      const { json } = await call('VERSION', { cniVersion: '1.0.0' });
      const listed = (json?.supportedVersions ?? []).filter((one) => !/^0\.[12]\./.test(one));
      for (const cniVersion of listed.filter((one) => one !== '0.3.0')) {
        const added = await call('ADD', config({ cniVersion }), { netns: a });
        if (added.json?.cniVersion !== cniVersion) return false;
        await call('DEL', config({ cniVersion }), { netns: a });
      }
      return listed.length > 0;
    },
  },
  // ── ADD
  {
    verb: 'ADD',
    weight: 'must',
    text: 'ips[].interface is the index of the container’s interface, and sandbox is CNI_NETNS',
    async holds({ add, a }) {
      const { interfaces = [], ips = [] } = await add();
      const one = interfaces[ips[0]?.interface ?? -1];
      return (
        one?.name === 'eth0' &&
        one.sandbox === a &&
        interfaces.filter(({ sandbox = '' }) => sandbox !== '').length === 1
      );
    },
  },
  {
    verb: 'ADD',
    weight: 'must',
    text: 'the result names the MACs that the interfaces have, also after a second ADD',
    async holds({ add, a, b }) {
      const { interfaces = [] } = await add(undefined, { netns: a });
      await add(undefined, { id: 'two', netns: b });
      const links = JSON.parse((await sh(['ip', '-j', 'link'])).out) as {
        ifname: string;
        address: string;
      }[];
      return interfaces
        .filter(({ sandbox = '' }) => sandbox === '')
        .every(({ name, mac }) => links.find(({ ifname }) => ifname === name)?.address === mac);
    },
  },
  {
    verb: 'ADD',
    weight: 'must',
    text: 'ips[].version is there before 1.0.0, and not from 1.0.0 on',
    async holds({ add, call, config, a }) {
      const old = await add(config({ cniVersion: '0.4.0' }));
      await call('DEL', config({ cniVersion: '0.4.0' }), { netns: a });
      const { ips } = await add();
      return old.ips?.[0]?.version === '4' && ips?.[0] !== undefined && !('version' in ips[0]);
    },
  },
  {
    verb: 'ADD',
    weight: 'must',
    text: 'the container reaches gateway, outside and another container',
    async holds({ add, a, b }) {
      await add(undefined, { netns: a });
      const { ips } = await add(undefined, { id: 'two', netns: b });
      const other = ips?.[0]?.address.split('/')[0] ?? '';
      return (
        (await pings('a', '10.97.0.1')) &&
        (await pings('a', '203.0.113.10')) &&
        (await pings('a', other))
      );
    },
  },
  {
    verb: 'ADD',
    weight: 'host',
    text: 'the container reaches outside although the policy of FORWARD is DROP',
    async holds({ add }) {
      await shell('iptables -P FORWARD DROP');
      await add();
      return await pings('a', '203.0.113.10');
    },
  },
  {
    verb: 'ADD',
    weight: 'must',
    text: 'an interface of that name is an error and stays as it was',
    async holds({ call, config, a }) {
      await shell('ip -n a link add name eth0 address 02:00:00:00:00:01 type veth peer name other');
      const refused = isError(await call('ADD', config(), { netns: a }));
      await call('DEL', config(), { netns: a });
      return (
        refused &&
        (await inside('a', 'ip', 'link', 'show', 'eth0'))?.includes('02:00:00:00:00:01') === true
      );
    },
  },
  {
    verb: 'ADD',
    weight: 'must',
    text: 'an ADD that fails leaves the host as it was',
    async holds({ call, config, a }) {
      const before = await snapshot();
      await shell('ip -n a link add name eth0 type veth peer name other');
      const refused = isError(await call('ADD', config(), { netns: a }));
      return refused && (await snapshot()) === before;
    },
  },
  {
    verb: 'ADD',
    weight: 'must',
    text: 'in a chain, prevResult is in the result',
    async holds({ add, config, a }) {
      const prevResult = {
        cniVersion: '1.0.0',
        interfaces: [{ name: 'lo', sandbox: a }],
        ips: [{ address: '127.0.0.1/8', interface: 0 }],
      };
      const { ips, interfaces } = await add(config({ prevResult }));
      return interfaces?.[0]?.name === 'lo' && ips?.length === 2;
    },
  },
  {
    verb: 'ADD',
    weight: 'should',
    text: 'a second interface of a container works, and its default route stays',
    async holds({ add, a }) {
      await add(undefined, { netns: a });
      await add(undefined, { netns: a, ifname: 'eth1' });
      return (
        (await inside('a', 'ip', 'route', 'get', '203.0.113.10'))?.includes('dev eth0') === true
      );
    },
  },
  {
    verb: 'ADD',
    weight: 'host',
    text: 'the host’s own namespace is refused',
    async holds({ call, config }) {
      const answer = await call('ADD', config(), { netns: '/proc/self/ns/net' });
      if (answer.code === 0) await sh(['ip', 'link', 'del', 'eth0']);
      return isError(answer);
    },
  },
  {
    verb: 'ADD',
    weight: 'engines',
    text: 'podman’s CNI_ARGS give address and MAC',
    async holds({ add }) {
      const args = 'IgnoreUnknown=1;K8S_POD_NAME=x;MAC=0a:00:00:00:00:05;IP=10.97.0.77';
      const { ips, interfaces } = await add(undefined, { args });
      const eth0 = interfaces?.find(({ name }) => name === 'eth0');
      return ips?.[0]?.address === '10.97.0.77/24' && eth0?.mac === '0a:00:00:00:00:05';
    },
  },
  {
    verb: 'ADD',
    weight: 'engines',
    text: 'capability ips gives the address',
    async holds({ add, config }) {
      const { ips } = await add(config({ runtimeConfig: { ips: ['10.97.0.66/24'] } }));
      return ips?.[0]?.address === '10.97.0.66/24';
    },
  },
  {
    verb: 'ADD',
    weight: 'host',
    text: 'an address that was freed a moment ago is reached from the host at once',
    async holds({ add, call, config, a, b }) {
      const args = 'IP=10.97.0.30';
      await add(undefined, { netns: a, args });
      await add(undefined, { id: 'two', netns: b });
      if ((await sh(['ping', '-c1', '-W2', '10.97.0.30'])).code !== 0) return false;
      await call('DEL', config(), { netns: a, args });
      await add(undefined, { netns: a, args });
      return (await sh(['ping', '-c1', '-W1', '10.97.0.30'])).code === 0;
    },
  },
  {
    verb: 'ADD',
    weight: 'must',
    text: 'ten at once get ten addresses',
    async holds({ add, call, config }) {
      const names = Array.from({ length: 10 }, (_, index) => `many${index}`);
      await shell(...names.map((name) => `ip netns add ${name}`));
      try {
        const all = await Promise.all(
          names.map((id) => add(undefined, { id, netns: `/run/netns/${id}` })),
        );
        return new Set(all.map(({ ips }) => ips?.[0]?.address)).size === 10;
      } finally {
        for (const id of names) await call('DEL', config(), { id, netns: `/run/netns/${id}` });
        await shell(...names.map((name) => `ip netns del ${name}`));
      }
    },
  },
  // ── DEL
  {
    verb: 'DEL',
    weight: 'must',
    text: 'succeeds again, and for what was never added',
    async holds({ add, call, config, a }) {
      await add();
      const answers = [
        await call('DEL', config(), { netns: a }),
        await call('DEL', config(), { netns: a }),
        await call('DEL', config(), { id: 'never', netns: a }),
      ];
      return answers.every(isQuiet);
    },
  },
  {
    verb: 'DEL',
    weight: 'must',
    text: 'succeeds with an empty CNI_NETNS and with one that is gone',
    async holds({ add, call, config, a }) {
      await add();
      await shell('ip netns del a');
      return (
        isQuiet(await call('DEL', config(), { netns: a })) &&
        isQuiet(await call('DEL', config(), { netns: '' }))
      );
    },
  },
  {
    verb: 'DEL',
    weight: 'should',
    text: 'leaves no rule when the namespace is gone',
    async holds({ add, call, config, a }) {
      const before = await rules();
      await add();
      await shell('ip netns del a');
      await call('DEL', config(), { netns: a });
      return (await rules()) === before;
    },
  },
  {
    verb: 'DEL',
    weight: 'should',
    text: 'with an empty CNI_NETNS takes the interface of a namespace that is still there',
    async holds({ add, call, config }) {
      await add();
      await call('DEL', config(), { netns: '' });
      return (await inside('a', 'ip', 'link', 'show', 'eth0')) === undefined;
    },
  },
  {
    verb: 'DEL',
    weight: 'should',
    text: 'leaves no rule when somebody had removed the interface',
    async holds({ add, call, config, a }) {
      const before = await rules();
      await add();
      await shell('ip -n a link del eth0');
      await call('DEL', config(), { netns: a });
      return (await rules()) === before;
    },
  },
  {
    verb: 'DEL',
    weight: 'must',
    text: 'succeeds with a configuration that ADD would refuse',
    async holds({ add, call, config, a }) {
      await add();
      const answer = await call(
        'DEL',
        config({ mtu: -1, vlan: -7, hairpinMode: true, promiscMode: true }),
        { netns: a },
      );
      return isQuiet(answer);
    },
  },
  {
    verb: 'DEL',
    weight: 'host',
    text: 'leaves an interface of that name that is somebody else’s',
    async holds({ add, call, config, a }) {
      await add();
      await shell('ip -n a link del eth0', 'ip -n a link add name eth0 type veth peer name other');
      await call('DEL', config(), { netns: a });
      return (await inside('a', 'ip', 'link', 'show', 'eth0')) !== undefined;
    },
  },
  {
    verb: 'DEL',
    weight: 'must',
    text: 'of one interface leaves the container’s second',
    async holds({ add, call, config, a }) {
      await add(undefined, { netns: a });
      await add(undefined, { netns: a, ifname: 'eth1' });
      const quiet = isQuiet(await call('DEL', config(), { netns: a, ifname: 'eth1' }));
      return quiet && (await pings('a', '203.0.113.10'));
    },
  },
  {
    verb: 'DEL',
    weight: 'host',
    text: 'of the last attachment leaves the host as it was: bridge, switches, rules, chains',
    async holds({ add, call, config, a }) {
      const before = await snapshot();
      await add();
      await call('DEL', config(), { netns: a });
      return (await snapshot()) === before;
    },
  },
  // ── CHECK
  {
    verb: 'CHECK',
    weight: 'must',
    text: 'says nothing when all is well',
    async holds({ add, call, config, a }) {
      const prevResult = await add();
      return isQuiet(await call('CHECK', config({ prevResult }), { netns: a }));
    },
  },
  {
    verb: 'CHECK',
    weight: 'must',
    text: 'needs prevResult',
    async holds({ add, call, config, a }) {
      await add();
      return isError(await call('CHECK', config(), { netns: a }));
    },
  },
  {
    verb: 'CHECK',
    weight: 'must',
    text: 'is refused before version 0.4.0',
    async holds({ add, call, config, a }) {
      const prevResult = await add(config({ cniVersion: '0.3.1' }));
      return isError(
        await call('CHECK', config({ cniVersion: '0.3.1', prevResult }), { netns: a }),
      );
    },
  },
  {
    verb: 'CHECK',
    weight: 'must',
    text: 'tolerates a further address and a further route',
    async holds({ add, call, config, a }) {
      const prevResult = await add();
      await shell(
        'ip -n a addr add 10.97.0.200/24 dev eth0',
        'ip -n a route add 10.1.0.0/16 via 10.97.0.1',
      );
      return isQuiet(await call('CHECK', config({ prevResult }), { netns: a }));
    },
  },
  ...(
    [
      ['must', 'the interface is gone', 'ip -n a link del eth0'],
      ['must', 'the address is gone', 'ip -n a addr flush dev eth0'],
      ['must', 'the default route is gone', 'ip -n a route del default'],
      ['should', 'the interface is down', 'ip -n a link set eth0 down'],
      ['should', 'the cable is out of the bridge', 'ip link set PORT nomaster'],
      ['should', 'the bridge has lost its address', 'ip addr flush dev cnitry0'],
      ['should', 'the rules are gone', 'iptables -t nat -F', 'iptables -F'],
      [
        'should',
        'forwarding is off',
        'sysctl -qw net.ipv4.ip_forward=1',
        'sysctl -qw net.ipv4.ip_forward=0',
      ],
    ] as const
  ).map(
    ([weight, text, ...lines]): Obligation => ({
      verb: 'CHECK',
      weight,
      text: `notices that ${text}`,
      holds: notices(...lines),
    }),
  ),
  // ── GC and STATUS
  {
    verb: 'GC',
    weight: 'must',
    text: 'removes what no valid attachment names, and nothing else',
    async holds({ add, call, config, candidate: { version }, a, b }) {
      await add(undefined, { netns: a });
      await add(undefined, { id: 'two', netns: b });
      const valid = {
        cniVersion: version,
        'cni.dev/valid-attachments': [{ containerID: 'one', ifname: 'eth0' }],
      };
      const quiet = isQuiet(await call('GC', config(valid), { id: '', netns: '', ifname: '' }));
      return (
        quiet &&
        (await inside('b', 'ip', 'link', 'show', 'eth0')) === undefined &&
        (await pings('a', '203.0.113.10'))
      );
    },
  },
  {
    verb: 'GC',
    weight: 'must',
    text: 'is passed on to the IPAM plugin',
    async holds(trial) {
      const file = spy(trial, given(''));
      const gc = {
        cniVersion: trial.candidate.version,
        ipam: { type: 'spy' },
        'cni.dev/valid-attachments': [],
      };
      await trial.call('GC', trial.config(gc), { ...spied(trial), id: '', netns: '', ifname: '' });
      return existsSync(file) && readFileSync(file, 'utf8').includes('CNI_COMMAND=GC');
    },
  },
  {
    verb: 'STATUS',
    weight: 'must',
    text: 'says nothing when an ADD would work',
    holds: async ({ call, config, candidate: { version } }) =>
      isQuiet(
        await call('STATUS', config({ cniVersion: version }), { id: '', netns: '', ifname: '' }),
      ),
  },
  {
    verb: 'STATUS',
    weight: 'must',
    text: 'is code 50 when the pool is full',
    async holds({ add, call, config, candidate }) {
      const full = { cniVersion: candidate.version, ipam: candidate.ipam('10.97.0.0/30') };
      await add(config(full));
      return isError(await call('STATUS', config(full), { id: '', netns: '', ifname: '' }), 50);
    },
  },
  // ── delegation
  {
    verb: 'IPAM',
    weight: 'must',
    text: 'gets every variable and the whole configuration',
    async holds(trial) {
      const file = spy(trial, given(''));
      await trial.add(trial.config({ ipam: { type: 'spy', own: 'key' }, more: 'kept' }), {
        args: 'IgnoreUnknown=1;K=V',
        ...spied(trial),
      });
      const seen = readFileSync(file, 'utf8');
      return ['CNI_COMMAND=ADD', 'K=V', 'OTHER=variable', '"own":"key"', '"more":"kept"'].every(
        (word) => seen.includes(word),
      );
    },
  },
  {
    verb: 'IPAM',
    weight: 'must',
    text: 'gets DEL when the plugin’s own ADD fails',
    async holds(trial) {
      const file = spy(trial, given(''));
      await shell('ip -n a link add name eth0 type veth peer name other');
      const config = trial.config({ ipam: { type: 'spy' } });
      const refused = isError(await trial.call('ADD', config, { ...spied(trial), netns: trial.a }));
      const seen = existsSync(file) ? readFileSync(file, 'utf8') : 'CNI_COMMAND=DEL';
      return refused && seen.includes('CNI_COMMAND=DEL');
    },
  },
  {
    verb: 'IPAM',
    weight: 'must',
    text: 'gets DEL when its own ADD fails',
    async holds(trial) {
      const file = spy(
        trial,
        `echo '{"cniVersion":"1.0.0","code":142,"msg":"spy says no"}'; exit 1`,
      );
      await trial.call('ADD', trial.config({ ipam: { type: 'spy' } }), {
        ...spied(trial),
        netns: trial.a,
      });
      return readFileSync(file, 'utf8').includes('CNI_COMMAND=DEL');
    },
  },
  {
    verb: 'IPAM',
    weight: 'must',
    text: 'its error is handed on, with its code and words',
    async holds(trial) {
      spy(trial, `echo '{"cniVersion":"1.0.0","code":142,"msg":"spy says no"}'; exit 1`);
      const answer = await trial.call('ADD', trial.config({ ipam: { type: 'spy' } }), {
        ...spied(trial),
        netns: trial.a,
      });
      return isError(answer, 142) && answer.json?.msg?.includes('spy says no') === true;
    },
  },
  {
    verb: 'IPAM',
    weight: 'should',
    text: 'its DNS is in the result',
    async holds(trial) {
      spy(trial, given(',"dns":{"nameservers":["9.9.9.9"]}'));
      const { dns } = await trial.add(trial.config({ ipam: { type: 'spy' } }), spied(trial));
      return JSON.stringify(dns?.nameservers) === '["9.9.9.9"]';
    },
  },
  {
    verb: 'IPAM',
    weight: 'must',
    text: 'gets DEL with DEL, also without a namespace',
    async holds(trial) {
      const file = spy(trial, given(''));
      const config = trial.config({ ipam: { type: 'spy' } });
      await trial.add(config, spied(trial));
      await trial.call('DEL', config, { ...spied(trial), netns: '' });
      return readFileSync(file, 'utf8').includes('CNI_COMMAND=DEL');
    },
  },
];

const cleanup = [
  'ip netns del a',
  'ip netns del b',
  'ip link del cnitry0',
  'rm -rf /run/ctr',
  'iptables -P FORWARD ACCEPT',
  'for t in filter nat; do iptables -t $t -F; iptables -t $t -X; done',
  'sysctl -qw net.ipv4.ip_forward=0',
  'for f in /proc/sys/net/ipv4/conf/*/forwarding; do echo 0 >$f; done',
].join('; ');

/** Tries one obligation on a host of its own, and cleans up. @returns false too when ADD fails where it must not. */
export async function tried(
  { holds }: Obligation,
  candidate: Candidate,
  folder: string,
): Promise<boolean> {
  await shell('ip netns add a', 'ip netns add b');
  const [a, b] = ['/run/netns/a', '/run/netns/b'];
  const config = (more: Json = {}): Json => ({
    cniVersion: '1.0.0',
    name: 'try',
    type: candidate.type,
    bridge: 'cnitry0',
    isDefaultGateway: true,
    ipMasq: true,
    ipam: candidate.ipam('10.97.0.0/24'),
    capabilities: { ips: true },
    ...more,
  });
  const call = async (command: string, asked: unknown, parameters: Parameters = {}) =>
    await callPlugin(candidate.file, command, asked, {
      id: 'one',
      ifname: 'eth0',
      netns: a,
      ...parameters,
    });
  const add = async (asked = config(), parameters: Parameters = {}) => {
    const { code, json, out } = await call('ADD', asked, parameters);
    if (code !== 0 || json === undefined) throw new Refused(out);
    return json;
  };
  try {
    return await holds({ candidate, folder, a, b, config, call, add });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return false;
  } finally {
    await sh(['sh', '-c', cleanup]);
    for (const lease of readdirSync(folder).filter((one) => one.startsWith('leases'))) {
      rmSync(`${folder}/${lease}`, { recursive: true });
    }
  }
}

/** An ADD failed that an obligation needs. */
class Refused extends Error {}
