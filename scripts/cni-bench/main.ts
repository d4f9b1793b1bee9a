// npm run cni-bench: ADD and DEL of ctr beside Debian's bridge + host-local, in turn on the same host: of a container
// beside another one of its network, as on a node, and of the only one, which brings the bridge and takes it away.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { debianPlugins, environmentOf } from '../../rig/cni.ts';
import { ctr } from '../../rig/ctr.ts';
import { differences } from '../../rig/differences.ts';
import { shell } from '../../rig/shell.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { median } from '../../rig/statistics.ts';

assertSandbox();
const rounds = Number(process.argv[2] ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'ctr-cni-bench-'));
await ctr(['cni', 'install', `${folder}/bin`, '--net-dir', `${folder}/net`]);

const subnet = '10.96.0.0/24';
const contestants = [
  { name: 'ctr', file: `${folder}/bin/ctr`, ipam: { type: 'ctr', subnet } },
  {
    name: 'bridge + host-local',
    file: `${debianPlugins}/bridge`,
    ipam: { type: 'host-local', subnet, dataDir: `${folder}/leases` },
  },
] as const;
type Contestant = (typeof contestants)[number];

/** @returns the milliseconds that the plugin took. */
function timed({ file, ipam }: Contestant, command: string, id: string): number {
  const config = {
    cniVersion: '1.0.0',
    name: 'bench',
    type: 'any',
    bridge: 'cnibench0',
    isDefaultGateway: true,
    ipMasq: true,
    ipam,
  };
  const netns = `/run/netns/${id}`;
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(file, {
    env: environmentOf(command, { id, ifname: 'eth0', netns }),
    input: JSON.stringify(config),
    encoding: 'utf8',
  });
  const ms = performance.now() - begin;
  if (status !== 0) throw new Error(`${file} ${command}: ${stdout}${stderr}`);
  return ms;
}

/** How long Node alone takes to start here: on a loaded machine most of what ctr takes. */
function nodeAlone(): number {
  const begin = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - begin;
}

const companies = ['alone', 'beside another'] as const;
const starts: number[] = [];
const times = new Map<string, number[]>();
const residues = new Map<string, number>();

async function round(one: Contestant, company: (typeof companies)[number], count: number) {
  await shell('ip netns add bench');
  const before = count === 0 ? await snapshot() : '';
  if (company === 'beside another') timed(one, 'ADD', 'first');
  for (const command of ['ADD', 'DEL', 'VERSION']) {
    const ms = timed(one, command, 'bench');
    const key = `${company} ${one.name} ${command}`;
    // The first round warms caches and shows what each leaves.
    if (count > 0) times.set(key, [...(times.get(key) ?? []), ms]);
  }
  if (company === 'beside another') timed(one, 'DEL', 'first');
  if (count === 0) residues.set(one.name, differences(before, await snapshot()).length);
  // What the reference plugin leaves must not slow or help the other.
  await shell(
    'ip link del cnibench0 2>/dev/null || true',
    'iptables -t nat -F',
    'iptables -t nat -X',
    'sysctl -qw net.ipv4.ip_forward=1 net.ipv4.ip_forward=0',
    'ip netns del bench',
  );
}

await shell('ip netns add first');
try {
  for (let count = 0; count <= rounds; count += 1) {
    if (count > 0) starts.push(nodeAlone());
    for (const company of companies) {
      for (const one of contestants) await round(one, company, count);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const company of companies) {
  const of = (name: string, command: string) =>
    median(times.get(`${company} ${name} ${command}`) ?? []);
  for (const { name } of contestants) {
    const [add, del, version] = ['ADD', 'DEL', 'VERSION'].map((command) =>
      of(name, command).toFixed(0),
    );
    process.stdout.write(
      `${company}: ${name}: ADD ${add} ms, DEL ${del} ms, VERSION ${version} ms\n`,
    );
  }
  const [mine, theirs] = contestants.map(({ name }) => of(name, 'ADD') + of(name, 'DEL'));
  const ratio = ((mine ?? 0) / (theirs ?? 1)).toFixed(2);
  process.stdout.write(`${company}: ADD + DEL, median of ${rounds}: ratio ${ratio}\n`);
}
process.stdout.write(`node -e 0: ${median(starts).toFixed(0)} ms\n`);
for (const { name } of contestants) {
  process.stdout.write(`${name} leaves ${residues.get(name)} differences on the host\n`);
}
