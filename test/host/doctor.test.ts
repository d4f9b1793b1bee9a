import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath, startCtr } from '../../rig/ctr.ts';
import { type PrivateHost, privateHost } from '../../rig/private-host.ts';
import { environment, type Ran, sh } from '../../rig/sh.ts';
import { shell } from '../../rig/shell.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import type { Results } from '../../src/json/results.ts';

type Report = Results['doctor'];
type Finding = Report['findings'][number];

let shop: Awaited<ReturnType<typeof workshop>>;
beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
});
afterAll(() => shop.remove());

function reportOf({ out }: Ran): Report {
  return JSON.parse(out) as Report;
}

/** The findings of this id. */
function found({ findings }: Report, id: string): readonly Finding[] {
  return findings.filter((one) => one.id === id);
}

function commandsOf(findings: readonly Finding[]): string {
  return findings.flatMap(({ fixes }) => fixes.map(({ command }) => command)).join('\n');
}

/** Ids of everything that is not as it should be, without what depends on the kernel that runs the tests. */
function complaints({ findings }: Report): readonly string[] {
  const ofKernel = ['kernel-feature', 'tracefs', 'bridge-nf-on', 'tool-useful'];
  return findings
    .filter(({ severity, id }) => severity !== 'ok' && !ofKernel.includes(id))
    .map(({ id }) => id);
}

/** Runs the doctor in mount namespaces of its own, after lines of shell that change what it finds there. */
async function doctorAfter(lines: readonly string[], path = environment.PATH): Promise<Report> {
  const words = `exec env PATH=${path} ${process.execPath} ${ctrPath} --json doctor`;
  const ran = await sh(['unshare', '--mount', 'sh', '-ec', [...lines, words].join('\n')]);
  expect(ran.err).toBe('');
  return reportOf(ran);
}

const hideIptables = 'mount --bind /dev/null "$(readlink -f "$(command -v iptables)")"';

describe('on a healthy host', () => {
  test('nothing is wrong, both modes are ready, and nothing has changed', async () => {
    const before = await snapshot();
    const ran = await ctr(['--json', 'doctor']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    const report = reportOf(ran);
    expect(complaints(report)).toEqual([]);
    expect(report.modes).toEqual({
      sandbox: { ready: true, blocked_by: [] },
      root: { ready: true, blocked_by: [] },
    });
    const [kernel] = found(report, 'kernel');
    for (const name of ['veth', 'bridge', 'MASQUERADE', 'conntrack', 'overlay', 'nf_tables']) {
      expect(kernel?.message.en).toContain(name);
    }
    const parts = [...new Set(report.findings.map(({ area }) => area))];
    expect(parts).toHaveLength(13);
    expect(await snapshot()).toBe(before);
  });

  test('it answers within a second', async () => {
    const times: number[] = [];
    for (let run = 0; run < 3; run += 1) {
      const start = performance.now();
      await ctr(['doctor']);
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(1000);
  });

  test('people read the same, in their language, within 80 columns', async () => {
    const en = await ctr(['doctor']);
    expect(en.out).toContain('sandbox mode ready, root mode ready; 0 problems');
    const zh = await ctr(['--lang', 'zh', 'doctor']);
    expect(zh.out).toContain('沙盒模式可用，root 模式可用；0 个问题');
    for (const line of en.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('tools', () => {
  test('iptables that is not installed: its package, no mode is ready, exit 4', async () => {
    const report = await doctorAfter([hideIptables]);
    const missing = found(report, 'tool-missing');
    expect(missing.map(({ message }) => message.en)).toEqual([
      'programs are not installed: iptables, iptables-restore, iptables-save',
    ]);
    expect(commandsOf(missing)).toMatch(/^(?:apt-get install|dnf install|pacman -S) iptables$/);
    // Rules in nftables are read without it.
    expect(report.modes.root).toEqual({ ready: false, blocked_by: ['tool-missing'] });
    expect(report.modes.sandbox.ready).toBe(false);
    const ended = await sh([
      ...['unshare', '--mount', 'sh', '-c'],
      `${hideIptables}; exec ${process.execPath} ${ctrPath} doctor`,
    ]);
    expect(ended.code).toBe(4);
    expect(ended.out).toContain('sandbox mode not ready, root mode not ready');
  });

  test('iptables on the user’s PATH only: ctr does not run it as root, and how to change that', async () => {
    const directory = join(shop.directory, 'own-bin');
    mkdirSync(directory);
    const names = ['iptables', 'iptables-save', 'iptables-restore'];
    for (const name of names) {
      writeFileSync(join(directory, name), '#!/bin/sh\n');
      chmodSync(join(directory, name), 0o755);
    }
    const report = await doctorAfter([hideIptables], `${environment.PATH}:${directory}`);
    const elsewhere = found(report, 'tool-elsewhere');
    expect(elsewhere).toHaveLength(1);
    expect(commandsOf(elsewhere)).toContain(`ln -s ${directory}/iptables`);
    expect(commandsOf(elsewhere)).toContain('/usr/local/sbin/');
  });

  test('a PATH without sbin: ctr works, a learner’s shell does not', async () => {
    const report = await doctorAfter([], '/usr/local/bin:/usr/bin:/bin');
    expect(complaints(report)).toEqual(['tools-off-path']);
    expect(commandsOf(found(report, 'tools-off-path'))).toContain('export PATH="$PATH:/usr/sbin');
    expect(report.modes.root.ready).toBe(true);
  });
});

describe('privileges', () => {
  /** A command prefix for an ordinary user of a user namespace, with a line of shell that its root runs before. */
  const ordinary = (line: string) => [
    ...['unshare', '--user', '--mount', '--map-user=1000', '--map-group=1000', '--keep-caps'],
    ...['sh', '-ec'],
    `${line}; exec setpriv --ambient-caps=-all --inh-caps=-all env PATH=${environment.PATH} CTR_STATE_DIR=${shop.directory}/state ${process.execPath} ${ctrPath} "$@"`,
    'sh',
  ];

  test('user namespaces that are forbidden: the setting, its price, and the way by sudo', async () => {
    const forbid = 'echo 0 >/proc/sys/user/max_user_namespaces';
    const ran = await sh([...ordinary(forbid), '--json', 'doctor']);
    const report = reportOf(ran);
    const refused = found(report, 'sandbox-refused');
    expect(refused).toMatchObject([
      {
        severity: 'problem',
        message: {
          en: 'no sandbox host: this machine does not allow user namespaces for ordinary users',
        },
        means: { en: 'user.max_user_namespaces is 0' },
        fixes: [
          { command: 'sudo ctr sandbox' },
          { command: 'sudo sysctl user.max_user_namespaces=10000' },
        ],
        blocks: ['sandbox'],
      },
    ]);
    expect(refused[0]?.said).toContain('No space left on device');
    expect(commandsOf(found(report, 'kernel-untried'))).toBe('sudo ctr doctor');
    expect(report.modes.sandbox.ready).toBe(false);
    expect(ran.code).toBe(report.modes.root.ready ? 0 : 4);
  });

  test('an ordinary user has the sandbox, and is told what only root can read', async () => {
    const ran = await sh([...ordinary('true'), '--json', 'doctor']);
    const report = reportOf(ran);
    expect(ran.code).toBe(0);
    expect(report.modes.sandbox).toEqual({ ready: true, blocked_by: [] });
    expect(commandsOf(found(report, 'firewall-unread'))).toBe('sudo ctr doctor');
  });

  test('sudo that finds another ctr: the other name, and a way that works at once', async () => {
    const directory = join(shop.directory, 'sudo-bin');
    mkdirSync(directory);
    for (const name of ['sudo', 'ctr']) {
      writeFileSync(join(directory, name), '#!/bin/sh\n');
      chmodSync(join(directory, name), 0o755);
    }
    const planted = ordinary(`mount --bind ${directory} /usr/local/sbin`);
    const ran = await sh([...planted, '--json', 'doctor']);
    const report = reportOf(ran);
    expect(found(report, 'sudo')).toHaveLength(1);
    expect(report.modes.root).toEqual({ ready: true, blocked_by: [] });
    const foreign = found(report, 'name-foreign-sudo');
    expect(foreign[0]?.message.en).toContain('/usr/local/sbin/ctr');
    expect(commandsOf(foreign)).toContain('sudo ctrnet doctor');
  });

  test('root without a capability', async () => {
    const drop = ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'];
    const ran = await sh([...drop, process.execPath, ctrPath, '--json', 'doctor']);
    const report = reportOf(ran);
    expect(found(report, 'capabilities-missing')[0]?.message.en).toContain('CAP_NET_ADMIN');
    expect(report.modes.root).toEqual({ ready: false, blocked_by: ['capabilities-missing'] });
  });
});

describe('whose ctr it is', () => {
  const withPath = async (path: string) =>
    reportOf(
      await sh([
        'env',
        `PATH=${path}:${environment.PATH}`,
        process.execPath,
        ctrPath,
        '--json',
        'doctor',
      ]),
    );

  test('another program first on PATH, beside a containerd', async () => {
    const directory = join(shop.directory, 'theirs');
    mkdirSync(directory);
    for (const name of ['ctr', 'containerd']) {
      writeFileSync(join(directory, name), '#!/bin/sh\n');
      chmodSync(join(directory, name), 0o755);
    }
    const report = await withPath(directory);
    const foreign = found(report, 'name-foreign');
    expect(foreign[0]).toMatchObject({ severity: 'problem' });
    expect(foreign[0]?.message.en).toContain(`${directory}/ctr (containerd)`);
    expect(commandsOf(foreign)).toContain('ctrnet doctor');
    const ours = join(shop.directory, 'ours');
    await shell(`mkdir ${ours}; ln -s ${ctrPath} ${ours}/ctr`);
    const second = await withPath(`${ours}:${directory}`);
    expect(found(second, 'name-foreign')).toEqual([]);
    expect(found(second, 'name-shared')[0]?.message.en).toContain(`${directory}/ctr (containerd)`);
    expect(found(second, 'name')[0]?.message.en).toContain(`${ours}/ctr`);
  });
});

describe('what others have set up', () => {
  const onHost = async (
    work: (host: PrivateHost, doctor: () => Promise<Report>) => Promise<void>,
  ) => {
    const host = await privateHost();
    try {
      await work(host, async () => reportOf(await host.ctr('--json', 'doctor')));
    } finally {
      host.end();
    }
  };

  test('Docker’s chains: named, harmless, and nothing of them is touched', async () => {
    await onHost(async (host, doctor) => {
      await host.hand(
        'iptables -P FORWARD DROP',
        'iptables -N DOCKER-USER',
        'iptables -N DOCKER-FORWARD',
        'iptables -A FORWARD -j DOCKER-USER',
        'iptables -A FORWARD -j DOCKER-FORWARD',
        'iptables -A DOCKER-USER -j RETURN',
        'ip link add name docker0 type bridge',
        'ip addr add 172.17.0.1/16 dev docker0',
      );
      const before = await snapshot(host.enter);
      const report = await doctor();
      expect(found(report, 'with-docker')[0]?.message.en).toMatch(
        /chain DOCKER.*interface docker0/,
      );
      expect(commandsOf(found(report, 'with-docker'))).toContain(
        '-I DOCKER-USER -i ctr0 -j ACCEPT',
      );
      expect(found(report, 'forward-policy')[0]?.message.en).toContain('DROP (iptables): Docker');
      expect(commandsOf(found(report, 'forward-policy'))).toBe('iptables -P FORWARD ACCEPT');
      expect(found(report, 'packets-lost')).toEqual([]);
      expect(await snapshot(host.enter)).toBe(before);
    });
  });

  test('firewalld’s table: what it rejects is lost, and its own command is the fix', async () => {
    await onHost(async (host, doctor) => {
      await host.hand(
        'nft add table inet firewalld',
        "nft 'add chain inet firewalld filter_FORWARD { type filter hook forward priority filter + 10; policy accept; }'",
        'nft add rule inet firewalld filter_FORWARD ct state established,related accept',
        'nft add rule inet firewalld filter_FORWARD iifname lo accept',
        'nft add rule inet firewalld filter_FORWARD reject with icmpx admin-prohibited',
      );
      const report = await doctor();
      expect(found(report, 'with-firewalld')[0]?.message.en).toContain('table inet firewalld');
      expect(commandsOf(found(report, 'with-firewalld'))).toContain(
        'firewall-cmd --zone=trusted --add-interface=ctr0',
      );
      const lost = found(report, 'packets-lost');
      expect(lost[0]?.message.en).toContain('filter_FORWARD');
      expect(commandsOf(lost)).toContain('firewall-cmd --zone=trusted --add-interface=ctr0');
    });
  });

  test('a policy of a table of nft that nothing else accepts for', async () => {
    await onHost(async (host, doctor) => {
      await host.hand(
        'nft add table ip theirs',
        "nft 'add chain ip theirs forwarded { type filter hook forward priority 0; policy drop; }'",
      );
      const lost = found(await doctor(), 'packets-lost');
      expect(lost[0]?.message.en).toContain('nft chain ip theirs forwarded');
      await host.hand(lost[0]?.fixes[0]?.command ?? 'false');
      expect(found(await doctor(), 'packets-lost')).toEqual([]);
      expect(found(await doctor(), 'forward-policy')[0]?.message.en).toContain(
        'ip theirs forwarded',
      );
    });
  });

  test('rules in both variants of iptables', async () => {
    await onHost(async (host, doctor) => {
      const legacy = await host.run('iptables-legacy', '-A', 'INPUT', '-j', 'ACCEPT');
      if (legacy.code !== 0) {
        // This kernel has no legacy tables: nothing may be said of them.
        expect(found(await doctor(), 'iptables-both')).toEqual([]);
        return;
      }
      expect(found(await doctor(), 'iptables-both')).toEqual([]);
      await host.hand('iptables-nft -A INPUT -j ACCEPT');
      expect(commandsOf(found(await doctor(), 'iptables-both'))).toContain('iptables-legacy-save');
    });
  });

  test('a strict rp_filter with two ways out, br_netfilter, and a route to the tutorial’s subnet', async () => {
    await onHost(async (host, doctor) => {
      await host.hand(
        'ip link add name wan9 type bridge',
        'ip addr add 10.99.0.2/24 dev wan9',
        'ip link set dev wan9 up',
        'ip route add default via 10.99.0.1 dev wan9 metric 900',
        'sysctl -qw net.ipv4.conf.wan9.rp_filter=1',
        'ip route add 192.168.0.0/24 dev wan9',
      );
      const report = await doctor();
      expect(commandsOf(found(report, 'rp-filter-strict'))).toBe(
        'sysctl net.ipv4.conf.wan9.rp_filter=2',
      );
      expect(found(report, 'subnet-taken')[0]?.message.en).toContain('192.168.0.0/24');
      await host.hand('ip route del 192.168.0.0/24 dev wan9');
      expect(found(await doctor(), 'subnet-taken')).toEqual([]);
    });
  });
});

describe('leftovers', () => {
  test('a run that was killed, until gc', async () => {
    const file = shop.config('tutorial', tutorial({ command: ['sleep', '600'] }));
    const before = await snapshot();
    const running = startCtr(['-q', 'up', file]);
    await until(async () => (await ctr(['exec', 'labex', '--', 'true'])).code === 0, 20_000);
    expect(complaints(reportOf(await ctr(['--json', 'doctor'])))).toEqual([]);
    running.kill('SIGKILL');
    await running;
    const report = reportOf(await ctr(['--json', 'doctor']));
    expect(found(report, 'dead-runs')[0]?.message.en).toContain('labex');
    expect(
      await ctr([
        ...(commandsOf(found(report, 'dead-runs')).split('\n')[0] ?? '').split(' ').slice(1),
      ]),
    ).toMatchObject({ code: 0 });
    expect(complaints(reportOf(await ctr(['--json', 'doctor'])))).toEqual([]);
    expect(await snapshot()).toBe(before);
  });

  test('an interface with ctr’s mark that no run has', async () => {
    await shell('ip link add name veth-lost group 0x43541234 type bridge');
    const report = reportOf(await ctr(['--json', 'doctor']));
    expect(found(report, 'leftovers-found')[0]?.said).toContain('ip link del dev veth-lost');
    await shell(
      commandsOf(found(report, 'leftovers-found')).replace(
        'ctr',
        `${process.execPath} ${ctrPath} -q`,
      ),
    );
    expect(complaints(reportOf(await ctr(['--json', 'doctor'])))).toEqual([]);
  });

  test('a state directory that cannot be written', async () => {
    const ran = await ctr(['--json', '--state-dir', '/dev/null/nothing', 'doctor']);
    const report = reportOf(ran);
    expect(ran.code).toBe(4);
    expect(found(report, 'state-not-writable')).toMatchObject([{ blocks: ['sandbox', 'root'] }]);
  });
});
