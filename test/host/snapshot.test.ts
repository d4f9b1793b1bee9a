import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { sh } from '../../rig/sh.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { type Moved, type Walk, walk } from '../../rig/walk.ts';
import { workshop } from '../../rig/workshop.ts';
import { commandOf } from '../../src/exec/processes.ts';
import { runner } from '../../src/exec/runner.ts';
import { madeBy } from '../../src/model/step.ts';
import type { CausedChange, Diff } from '../../src/snapshot/change.ts';
import { departures, explain, readSettled } from '../../src/snapshot/index.ts';
import { full } from '../support/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
const files: Record<string, string> = {};

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  const container = { rootfs: './labex', command: ['sleep', '60'] };
  files.tutorial = shop.config('tutorial', tutorial({ command: ['sleep', '60'] }));
  const lab = (name: string, bridge: string) => ({
    version: 1,
    name,
    networks: {
      front: {
        bridge: { name: bridge },
        subnets: [{ subnet: '10.88.0.0/24', gateway: '10.88.0.1' }],
      },
    },
    containers: {
      web: { ...container, interfaces: [{ network: 'front' }] },
      db: { ...container, interfaces: [{ network: 'front' }] },
    },
  });
  const native = { firewall: 'nftables', ports: ['8080:80'], command: ['sleep', '60'] };
  files.nftables = shop.config('nftables', tutorial(native));
  files.lab = shop.config('lab', lab('lab', 'ctr1'));
  files.ipv6 = shop.config('ipv6', tutorial({ command: ['sleep', '60'], bridge_ip6: 'auto' }));
  files.existing = shop.config('existing', lab('existing', 'br0'));
});
afterAll(() => shop.remove());

function diffOf({ before, after, command }: Moved): Diff {
  return explain(before, after, { makes: madeBy(command), removes: command.removes ?? [] });
}

function line({ place, op, object, of, field, from, to }: CausedChange): string {
  return [place, op, object, of, field, from, to].join(' ');
}

/** What nobody asked for and no side effect explains, or a step promised and did not make. */
function unexplained(moves: readonly Moved[]): readonly string[] {
  return moves.flatMap((move) => {
    const { changes, missing } = diffOf(move);
    const unknown = changes.filter(({ cause, why }) => cause === 'surprise' && why === undefined);
    return [...unknown.map(line), ...missing.map(({ en }) => `missing: ${en}`)].map(
      (text) => `${move.line}: ${text}`,
    );
  });
}

/** The surprises of the commands whose line has these words. */
function surprises({ there }: Walk, words: string): readonly CausedChange[] {
  return there
    .filter((move) => move.line.includes(words))
    .flatMap((move) => diffOf(move).changes.filter(({ cause }) => cause === 'surprise'));
}

function find(changes: readonly CausedChange[], wanted: Partial<CausedChange>) {
  return changes.find((change) =>
    Object.entries(wanted).every(([key, value]) => change[key as keyof CausedChange] === value),
  );
}

// CI takes half of them: a walk with two containers takes a minute.
const walks = [
  ['the tutorial', 'tutorial', false],
  ['the tutorial, fast', 'tutorial', true],
  ['two containers on a bridge that was there, fast', 'existing', true],
  ['two address families', 'ipv6', false],
  ['the tutorial in nftables', 'nftables', false],
  ['the tutorial in nftables, fast', 'nftables', true],
  ['two containers', 'lab', false],
  ['two containers, fast', 'lab', true],
  ['two containers on a bridge that was there', 'existing', false],
] as const;

describe.each(full ? walks : walks.slice(0, 4))('%s', (_, name, fast) => {
  let walked: Walk;
  beforeAll(async () => {
    if (name === 'existing') {
      const { err } = await sh([
        'sh',
        '-c',
        'ip link add name br0 type bridge && ip addr add 10.88.0.1/24 dev br0 && ip link set dev br0 up',
      ]);
      expect(err).toBe('');
    }
    walked = await walk(files[name] ?? '', fast);
  }, 120_000);
  afterAll(async () => {
    if (name === 'existing') await sh(['ip', 'link', 'del', 'dev', 'br0']);
  });

  test('every change is asked for or explained, and every resource appears', () => {
    expect(unexplained([...walked.there, ...walked.back])).toEqual([]);
    expect(walked.there.length).toBeGreaterThan(fast ? 5 : 20);
  });

  test('the world is read, and stays as it is', () => {
    const { first, there } = walked;
    expect(first.world?.links.map(({ name: one }) => one)).toEqual(['lo', 'eth0']);
    const all = there.flatMap((move) => diffOf(move).changes);
    expect(all.filter(({ place, object }) => place === 'world' && object !== 'neighbour')).toEqual(
      [],
    );
  });

  test('the way back ends in the first state', () => {
    const last = walked.back.at(-1)?.after;
    expect(last && departures(walked.first, last)).toEqual([]);
  });

  test('no reading waited until its limit', () => {
    expect(walked.there.filter(({ ms }) => ms > 2000).map((move) => move.line)).toEqual([]);
  });

  if (fast) return;

  test('the outer end waits for the other one', () => {
    const found = walked.there
      .flatMap((move) => diffOf(move).changes)
      .filter(({ to }) => to === 'LOWERLAYERDOWN');
    expect(found.map(({ cause }) => cause)).toEqual(found.map(() => 'surprise'));
    expect(found.length).toBe(name === 'lab' || name === 'existing' ? 2 : 1);
    expect(found[0]?.why?.en).toContain('LOWERLAYERDOWN means');
  });

  test('the connected route and the carrier come by themselves', () => {
    const found = surprises(walked, '--net ip link set dev eth0 up');
    const route = find(found, { object: 'route', op: 'added', kind: 'kernel unicast' });
    expect(route?.why?.en).toContain('The kernel makes this route');
    expect(find(found, { kind: 'veth', field: 'state', to: 'UP' })?.why?.en).toContain(
      'both ends are up',
    );
    // A bridge that was there and has no ports keeps the carrier that it began with.
    if (name === 'existing') return;
    const bridge = name === 'lab' ? 'ctr1' : 'ctr0';
    expect(find(found, { of: bridge, field: 'state', to: 'UP' })?.why?.en).toContain(
      'as soon as one of its ports works',
    );
    expect(find(found, { object: 'route', field: 'linkdown', to: 'no' })?.why).toBeDefined();
    const raised = surprises(walked, `ip link set dev ${bridge} up`);
    expect(find(raised, { object: 'route', to: 'linkdown' })?.why?.en).toContain('no carrier yet');
  });
});

describe('by hand', () => {
  const containers = new Map<string, number>();
  let end = () => {};
  beforeAll(async () => {
    const child = execa('unshare', ['--net', '--uts', 'sleep', '600'], { reject: false });
    end = () => void child.kill('SIGKILL');
    const pid = child.pid ?? 0;
    await until(() => commandOf(pid) === 'sleep');
    containers.set('web', pid);
  });
  afterAll(async () => {
    end();
    await sh(['ip', 'link', 'del', 'dev', 'br0']);
    await sh(['iptables', '-t', 'nat', '-F']);
  });

  /** Runs a line as `sh` would. @returns what changed, as nobody asked for any of it. */
  async function changed(line: string): Promise<readonly CausedChange[]> {
    const before = await readSettled(runner, { containers });
    const { err } = await sh(['sh', '-c', line.replaceAll('WEB', String(containers.get('web')))]);
    expect(err).toBe('');
    return explain(before, await readSettled(runner, { containers })).changes;
  }

  test('an empty bridge loses its carrier with the first port, and takes its MAC', async () => {
    await changed('ip link add name br0 type bridge && ip link set dev br0 up');
    await changed('ip link add name va type veth peer name vb');
    const found = await changed('ip link set dev va master br0');
    expect(find(found, { of: 'br0', field: 'carrier', to: 'no' })?.why?.en).toContain(
      'An empty bridge',
    );
    expect(find(found, { of: 'br0', field: 'mac' })?.why?.en).toContain('the lowest MAC');
  });

  test('moving an interface takes it down and takes its addresses away', async () => {
    await changed(
      'ip link set dev va up && ip addr add 10.9.0.9/24 dev vb && ip link set dev vb up',
    );
    const found = await changed('ip link set dev vb netns WEB name eth0');
    expect(find(found, { place: 'web', of: 'eth0', op: 'moved', from: 'host' })).toBeDefined();
    expect(find(found, { of: 'eth0', field: 'up', to: 'down' })?.why?.en).toContain(
      'before it moves',
    );
    expect(find(found, { object: 'address', op: 'removed' })?.why?.en).toContain('when it moves');
    expect(find(found, { of: 'br0', field: 'carrier', to: 'no' })?.why).toBeDefined();
  });

  test('down and up again: the default route does not come back', async () => {
    await changed('nsenter -t WEB -n ip addr add 10.9.0.9/24 dev eth0');
    await changed('nsenter -t WEB -n ip link set dev eth0 up');
    const route = { object: 'route', of: 'default via 10.9.0.1 dev eth0' } as const;
    const made = await changed('nsenter -t WEB -n ip route add default via 10.9.0.1');
    expect(find(made, { ...route, op: 'added' })).toBeDefined();
    const down = await changed('nsenter -t WEB -n ip link set dev eth0 down');
    expect(find(down, { ...route, op: 'removed' })?.why?.en).toContain('does not come back');
    const up = await changed('nsenter -t WEB -n ip link set dev eth0 up');
    expect(find(up, route)).toBeUndefined();
    expect(find(up, { of: '10.9.0.0/24 dev eth0', op: 'added' })?.why).toBeDefined();
  });

  test('the same rule twice is two rules, and the table comes with the first', async () => {
    const masquerade = 'iptables -t nat -A POSTROUTING -s 10.9.0.0/24 -j MASQUERADE';
    await changed(masquerade);
    const again = await changed(masquerade);
    expect(again.map(({ op, object, of }) => [op, object, of])).toEqual([
      ['added', 'firewall', '-t nat -A POSTROUTING -s 10.9.0.0/24 -j MASQUERADE'],
    ]);
  });

  test('when the process ends, its namespaces and both ends of the cable go', async () => {
    const found = await changed('kill -s KILL WEB; sleep 0.3');
    expect(find(found, { place: 'web', object: 'namespace', op: 'removed' })?.why).toBeDefined();
    expect(find(found, { place: 'host', of: 'va', op: 'removed' })?.why?.en).toContain('two ends');
    const bridge = find(found, { of: 'br0', op: 'removed' });
    expect(bridge).toBeUndefined();
  });
});
