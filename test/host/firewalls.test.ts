import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { privateHost } from '../../rig/private-host.ts';
import type { Ran } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';
import type { Results } from '../../src/json/results.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  const change = { bridge_ip: '192.168.0.1/24', command: ['sleep', '600'] };
  file = shop.config('tutorial', tutorial(change));
});
afterAll(() => shop.remove());

interface Host {
  ctr(...args: string[]): Promise<Ran>;
  /** Runs commands as root of that host. @throws an error if one of them fails. */
  hand(...lines: readonly string[]): Promise<void>;
  /** Whether the container gets replies from the internet. */
  reaches(): Promise<boolean>;
  snapshot(): Promise<string>;
}

/** Removes values that change by themselves, such as counters. */
function plain(text: string): string {
  return text
    .replaceAll(/tso_max_size \d+|state \w+|NO-CARRIER,|,LOWER_UP|M-DOWN,?| linkdown/g, '')
    .replaceAll(/counter packets \d+ bytes \d+/g, 'counter');
}

async function onHost(work: (host: Host) => Promise<void>): Promise<void> {
  const { enter, ctr, hand, end } = await privateHost();
  const host: Host = {
    ctr,
    hand,
    async reaches() {
      const ping = ['ping', '-c1', '-W1', '114.114.114.114'];
      return (await host.ctr('exec', 'labex', '--', ...ping)).code === 0;
    },
    snapshot: async () => plain(await snapshot(enter)),
  };
  try {
    await work(host);
  } finally {
    end();
  }
}

/** A failed check of `check`, in English. */
interface Cross {
  readonly what: string;
  readonly fix?: string | undefined;
}

async function crosses(host: Host): Promise<readonly Cross[]> {
  const { code, out } = await host.ctr('check', 'labex', '--json');
  const checked = JSON.parse(out) as Results['check'];
  expect(code).toBe(checked.holds ? 0 : 7);
  return checked.findings
    .filter((one) => !one.holds)
    .map(({ what, fix }) => ({ what: what.en, fix: fix?.en }));
}

const theirChain = (hook: string, more = '') =>
  `nft 'add chain inet theirs base { type filter hook ${hook} priority 0; ${more} }'`;

interface Case {
  readonly what: string;
  readonly set: readonly string[];
  readonly unset: readonly string[];
  /** The message. */
  readonly named: RegExp;
}

const table = { set: 'nft add table inet theirs', unset: ['nft delete table inet theirs'] };

/** Rules that exist before `up`, and lose packets despite ctr's rules. */
const before: readonly Case[] = [
  {
    what: 'a chain of another name in a table of iptables',
    set: [
      'nft add table ip filter',
      "nft 'add chain ip filter forward { type filter hook forward priority 0; policy drop; }'",
    ],
    unset: ['nft delete table ip filter'],
    named: /nft chain ip filter forward drops packets .*: policy drop/,
  },
  {
    what: 'a policy of somebody else’s chain of nft',
    set: [table.set, theirChain('forward', 'policy drop;')],
    unset: table.unset,
    named:
      /nft chain inet theirs base drops packets from ctr0's containers out through wan0, and replies to ctr0's containers in through wan0: policy drop/,
  },
  {
    what: 'a rule behind a jump, for our subnet alone',
    set: [
      table.set,
      theirChain('forward'),
      'nft add chain inet theirs more',
      'nft add rule inet theirs base jump more',
      'nft add rule inet theirs more ip saddr 192.168.0.0/16 reject',
    ],
    unset: table.unset,
    named:
      /nft chain inet theirs more rejects packets from ctr0's containers out through wan0: “ip saddr 192\.168\.0\.0\/16 reject/,
  },
  {
    what: 'answers that a chain of nft drops, whatever its priority',
    set: [
      table.set,
      "nft 'add chain inet theirs base { type filter hook forward priority 500; }'",
      'nft add rule inet theirs base ct state established drop',
    ],
    unset: table.unset,
    named:
      /nft chain inet theirs base drops packets from ctr0's containers out through wan0, and replies to ctr0's containers in through wan0: “ct state established drop”/,
  },
  {
    what: 'a set of nft that has the container’s address',
    set: [
      table.set,
      theirChain('prerouting'),
      "nft 'add set inet theirs blocked { type ipv4_addr; elements = { 192.168.0.100 } ; }'",
      'nft add rule inet theirs base ip saddr @blocked drop',
    ],
    unset: table.unset,
    named: /nft chain inet theirs base drops .*“ip saddr @blocked drop”/,
  },
  {
    what: 'a policy after the routing',
    set: [table.set, theirChain('postrouting', 'policy drop;')],
    unset: table.unset,
    named: /nft chain inet theirs base drops packets .*: policy drop/,
  },
  {
    what: 'a filter for frames on bridges',
    set: [
      'nft add table bridge theirs',
      "nft 'add chain bridge theirs base { type filter hook input priority 0; policy drop; }'",
    ],
    unset: ['nft delete table bridge theirs'],
    named: /nft chain bridge theirs base drops packets .*: policy drop/,
  },
  {
    what: 'a policy of iptables-legacy beside an empty iptables-nft',
    set: ['iptables-legacy -P FORWARD DROP'],
    unset: ['iptables-legacy -P FORWARD ACCEPT'],
    named: /W102.*iptables-legacy -t filter FORWARD drops packets .*: policy DROP/,
  },
  {
    what: 'a rule of iptables-legacy beside rules of iptables-nft',
    set: ['iptables -A INPUT -s 10.9.9.9 -j DROP', 'iptables-legacy -A FORWARD -i ctr+ -j DROP'],
    unset: ['iptables -D INPUT -s 10.9.9.9 -j DROP', 'iptables-legacy -D FORWARD -i ctr+ -j DROP'],
    named: /W102.*iptables-legacy -t filter FORWARD drops packets .*: “-i ctr\+ -j DROP”/,
  },
  {
    what: 'a rule of the table mangle',
    set: ['iptables -t mangle -A FORWARD -i ctr0 -j DROP'],
    unset: ['iptables -t mangle -D FORWARD -i ctr0 -j DROP'],
    named: /iptables -t mangle FORWARD drops packets .*: “-i ctr0 -j DROP”/,
  },
  {
    what: 'a rule of the table raw',
    set: ['iptables -t raw -A PREROUTING -i ctr0 -j DROP'],
    unset: ['iptables -t raw -D PREROUTING -i ctr0 -j DROP'],
    named: /iptables -t raw PREROUTING drops packets .*: “-i ctr0 -j DROP”/,
  },
];

describe('rules that lose packets although iptables accepts them', () => {
  test.each(before)('$what is named by up and by check, and the fix helps', async (one) => {
    await onHost(async (host) => {
      await host.hand(...one.set);
      const found = await host.snapshot();
      const up = await host.ctr('up', '-d', file);
      expect(up).toMatchObject({ code: 0, err: expect.stringMatching(one.named) });
      expect(await host.reaches()).toBe(false);
      const lost = await crosses(host);
      expect(lost).toHaveLength(1);
      expect(`W102 ${lost[0]?.what}`).toMatch(one.named);
      expect((await host.ctr('down', 'labex')).code).toBe(0);
      expect(await host.snapshot()).toBe(found);
      await host.ctr('-q', 'up', '-d', file);
      await host.hand(lost[0]?.fix ?? 'false');
      expect(await crosses(host)).toEqual([]);
      expect(await host.reaches()).toBe(true);
      expect((await host.ctr('down', 'labex')).code).toBe(0);
    });
  });

  test.each(before)('without $what, nothing is said', async (one) => {
    await onHost(async (host) => {
      await host.hand(...one.set, ...one.unset);
      const up = await host.ctr('up', '-d', file);
      expect(up.code).toBe(0);
      expect(up.err).not.toMatch(/W1[01]\d/);
      expect(await crosses(host)).toEqual([]);
      expect(await host.reaches()).toBe(true);
      expect((await host.ctr('down', 'labex')).code).toBe(0);
    });
  });
});

/** Rules that are inserted before ctr's rules while the run is up. `repair` moves ctr's rules to the front. */
const later: readonly Case[] = [
  {
    what: 'a DROP before our ACCEPT',
    set: ['iptables -I FORWARD -i ctr0 -j DROP'],
    unset: ['iptables -D FORWARD -i ctr0 -j DROP'],
    named:
      /iptables -t filter FORWARD drops packets from ctr0's containers out through wan0: “-i ctr0 -j DROP”/,
  },
  {
    what: 'an ACCEPT before our MASQUERADE',
    set: ['iptables -t nat -I POSTROUTING -s 192.168.0.0/16 -j ACCEPT'],
    unset: ['iptables -t nat -D POSTROUTING -s 192.168.0.0/16 -j ACCEPT'],
    named:
      /iptables -t nat POSTROUTING lets packets from ctr0 leave before MASQUERADE, .*: “-s 192\.168\.0\.0\/16 -j ACCEPT”/,
  },
  {
    what: 'a RETURN before our MASQUERADE',
    set: ['iptables -t nat -I POSTROUTING -j RETURN'],
    unset: ['iptables -t nat -D POSTROUTING -j RETURN'],
    named:
      /iptables -t nat POSTROUTING lets packets from ctr0 leave before MASQUERADE, .*: “-j RETURN”/,
  },
  {
    what: 'an address that nobody has, before our MASQUERADE',
    set: ['iptables -t nat -I POSTROUTING -s 192.168.0.0/16 -j SNAT --to-source 10.9.9.9'],
    unset: ['iptables -t nat -D POSTROUTING -s 192.168.0.0/16 -j SNAT --to-source 10.9.9.9'],
    named:
      /iptables -t nat POSTROUTING gives packets from ctr0 a source address that this host does not have: /,
  },
];

test.each(later)('$what: check names it, and repair puts ours first', async (one) => {
  await onHost(async (host) => {
    const found = await host.snapshot();
    expect((await host.ctr('-q', 'up', '-d', file)).code).toBe(0);
    expect(await host.reaches()).toBe(true);
    await host.hand(...one.set);
    // conntrack keeps the translation of an existing flow.
    expect(await host.reaches()).toBe(false);
    const lost = await crosses(host);
    expect(lost).toHaveLength(1);
    expect(lost[0]?.what).toMatch(one.named);
    expect(lost[0]?.fix).toBe('ctr repair labex puts the rules of ctr first');
    expect((await host.ctr('repair', 'labex')).code).toBe(0);
    expect(await crosses(host)).toEqual([]);
    expect(await host.reaches()).toBe(true);
    expect((await host.ctr('down', 'labex')).code).toBe(0);
    await host.hand(...one.unset);
    expect(await host.snapshot()).toBe(found);
  });
});

const native = {
  set: [
    'nft \'add rule ip nat POSTROUTING oifname "up0" ip saddr 10.5.0.0/24 masquerade\'',
    'nft add rule ip filter FORWARD ct state established,related accept',
  ],
};

describe('nft rules in tables of iptables, which iptables-save cannot show', () => {
  test('ctr finds its own rules beside them, removes them, and gc finds them without a record', async () => {
    await onHost(async (host) => {
      expect((await host.ctr('-q', 'up', '-d', file)).code).toBe(0);
      await host.hand(...native.set);
      expect(await crosses(host)).toEqual([]);
      expect((await host.ctr('ps')).out).toContain('running');
      expect((await host.ctr('repair', 'labex')).err).toContain('commands run: 0');
      expect((await host.ctr('down', 'labex')).code).toBe(0);
      await host.hand(
        '! nft list ruleset | grep -E "ctr0|192.168.0.0"',
        'nft list ruleset | grep up0',
      );
      // Without a record, ctr finds the rules by its mark.
      const marked = '-m comment --comment ctr:ctr0';
      await host.hand(
        `iptables -t nat -A POSTROUTING -s 192.168.0.0/24 ! -o ctr0 ${marked} -j MASQUERADE`,
        `iptables -I FORWARD -i ctr0 -o ctr0 ${marked} -j ACCEPT`,
        `iptables -I FORWARD -i ctr0 ! -o ctr0 ${marked} -j ACCEPT`,
        `iptables -I FORWARD -o ctr0 -m conntrack --ctstate RELATED,ESTABLISHED ${marked} -j ACCEPT`,
        'iptables -I FORWARD -i ctr0 -o ctr0 -m comment --comment theirs -j ACCEPT',
      );
      expect((await host.ctr('gc')).err).toContain('4 leftovers removed');
      await host.hand('test "$(nft list ruleset | grep -c ctr0)" = 1');
    });
  });

  test('check reports a deleted rule of ctr’s, and down removes the rule', async () => {
    await onHost(async (host) => {
      expect((await host.ctr('-q', 'up', '-d', file)).code).toBe(0);
      await host.hand(...native.set);
      const ours =
        'POSTROUTING -s 192.168.0.0/24 ! -o ctr0 -m comment --comment ctr:ctr0 -j MASQUERADE';
      await host.hand(`iptables -t nat -D ${ours}`);
      expect((await crosses(host)).map(({ what }) => what).join()).toContain(
        'rule nat POSTROUTING',
      );
      expect((await host.ctr('repair', 'labex')).code).toBe(0);
      await host.hand(`iptables -t nat -A ${ours}`);
      expect((await host.ctr('down', 'labex')).code).toBe(0);
      await host.hand('! nft list ruleset | grep -E "ctr0|192.168.0.0"');
    });
  });

  test('check names a foreign rule that drops before ctr’s rules, and repair moves ctr’s rules to the front', async () => {
    await onHost(async (host) => {
      expect((await host.ctr('-q', 'up', '-d', file)).code).toBe(0);
      await host.hand(...native.set, 'nft insert rule ip filter FORWARD iifname ctr0 drop');
      expect(await host.reaches()).toBe(false);
      const [lost] = await crosses(host);
      expect(lost?.what).toMatch(/nft chain ip filter FORWARD drops .*: “iifname "ctr0" drop”/);
      expect((await host.ctr('repair', 'labex')).code).toBe(0);
      expect(await host.reaches()).toBe(true);
      expect((await host.ctr('down', 'labex')).code).toBe(0);
    });
  });

  test('without nft ctr does not assume an empty ruleset: up refuses, and check says what it cannot read', async () => {
    await onHost(async (host) => {
      expect((await host.ctr('-q', 'up', '-d', file)).code).toBe(0);
      await host.hand(...native.set);
      await host.hand('mount --bind /dev/null /usr/sbin/nft');
      expect((await host.ctr('check', 'labex')).code).toBe(4);
      const gc = await host.ctr('gc');
      expect(gc).toMatchObject({ code: 6 });
      expect((await host.ctr('down', 'labex')).code).toBe(0);
      const up = await host.ctr('up', '-d', file);
      expect(up).toMatchObject({
        code: 4,
        err: expect.stringMatching(/H009.*nft -j list ruleset/),
      });
      await host.hand('umount /usr/sbin/nft', '! nft list ruleset | grep -E "ctr0|192.168.0.0"');
    });
  });
});

describe('both variants of iptables', () => {
  const use = (flavour: 'legacy' | 'nft') => [
    'mountpoint -q /etc/alternatives || { cp -a /etc/alternatives /run/alternatives; mount --bind /run/alternatives /etc/alternatives; }',
    ...['', '-save', '-restore'].map(
      (form) => `ln -sf /usr/sbin/iptables-${flavour}${form} /etc/alternatives/iptables${form}`,
    ),
  ];

  test.each([
    ['nft', 'legacy'],
    ['legacy', 'nft'],
  ] as const)(
    'from %s to %s while a run is up: down removes the rules where they are',
    async (from, to) => {
      await onHost(async (host) => {
        await host.hand(...use(from));
        expect((await host.ctr('-q', 'up', '-d', file)).code).toBe(0);
        await host.hand(...use(to));
        expect(await host.reaches()).toBe(true);
        expect(await crosses(host)).toEqual([]);
        expect((await host.ctr('down', 'labex')).code).toBe(0);
        await host.hand(`! iptables-${from}-save | grep ctr`, `! iptables-${to}-save | grep ctr`);
      });
    },
  );

  test.each([
    [
      'a policy',
      'iptables-nft -P FORWARD DROP',
      /iptables-nft -t filter FORWARD drops .*: policy DROP/,
    ],
    [
      'a rule',
      'iptables-nft -A FORWARD -i ctr0 -j DROP',
      /iptables-nft -t filter FORWARD drops .*“-i ctr0 -j DROP”/,
    ],
  ])('iptables is the legacy one, and %s of the other one drops', async (_, line, named) => {
    await onHost(async (host) => {
      await host.hand(...use('legacy'), line);
      const up = await host.ctr('up', '-d', file);
      expect(up).toMatchObject({ code: 0, err: expect.stringMatching(named) });
      expect(await host.reaches()).toBe(false);
      const [lost] = await crosses(host);
      expect(lost?.what).toMatch(named);
      await host.hand(lost?.fix ?? 'false');
      expect(await host.reaches()).toBe(true);
      expect((await host.ctr('down', 'labex')).code).toBe(0);
    });
  });
});

test.each([
  ['Error: syntax error, JSON support not compiled-in', true],
  ['netlink: Error: cache initialization failed: Protocol not supported', false],
])('an nft that says “%s” may hide a rule: %s', async (words, hides) => {
  await onHost(async (host) => {
    await host.hand(
      `printf '#!/bin/sh\\necho "${words}" >&2\\nexit 1\\n' >/run/nft`,
      'chmod +x /run/nft',
      'mount --bind /run/nft /usr/sbin/nft',
    );
    const up = await host.ctr('up', '-d', file);
    expect(up.code).toBe(0);
    expect(/W113 .*nft -j list ruleset/.test(up.err)).toBe(hides);
    expect((await crosses(host)).length).toBe(hides ? 1 : 0);
    expect((await host.ctr('down', 'labex')).code).toBe(0);
    await host.hand('umount /usr/sbin/nft', '! nft list ruleset | grep ctr0');
  });
});

test('if no rule jumps to DOCKER-USER, ctr’s rules are in FORWARD', async () => {
  await onHost(async (host) => {
    await host.hand('iptables -N DOCKER-USER', 'iptables -P FORWARD DROP');
    const found = await host.snapshot();
    expect((await host.ctr('up', '-d', file)).code).toBe(0);
    expect(await host.reaches()).toBe(true);
    expect(await crosses(host)).toEqual([]);
    expect((await host.ctr('down', 'labex')).code).toBe(0);
    expect(await host.snapshot()).toBe(found);
  });
});

test('if the jump to DOCKER-USER disappears while a run is up, check names the rule that drops', async () => {
  await onHost(async (host) => {
    await host.hand('iptables -N DOCKER-USER', 'iptables -A FORWARD -j DOCKER-USER');
    await host.hand('iptables -P FORWARD DROP');
    expect((await host.ctr('-q', 'up', '-d', file)).code).toBe(0);
    expect(await crosses(host)).toEqual([]);
    await host.hand('iptables -D FORWARD -j DOCKER-USER');
    expect(await host.reaches()).toBe(false);
    const [lost] = await crosses(host);
    expect(lost?.what).toMatch(/iptables -t filter FORWARD drops .*: policy DROP/);
    await host.hand(lost?.fix ?? 'false');
    expect(await host.reaches()).toBe(true);
    expect((await host.ctr('down', 'labex')).code).toBe(0);
  });
});

test.each([
  ['firewalld-1.3.3-public.json', false],
  ['firewalld-1.3.3-trusted.json', true],
])('the real kernel agrees: with %s packets pass: %s', async (name, passes) => {
  await onHost(async (host) => {
    await host.hand(`nft -j -f ${process.cwd()}/test/probes/firewalls/${name}`);
    const up = await host.ctr('up', '-d', file);
    expect(up.code).toBe(0);
    expect(/W110/.test(up.err)).toBe(!passes);
    expect(await host.reaches()).toBe(passes);
    expect((await crosses(host)).length === 0).toBe(passes);
    expect((await host.ctr('down', 'labex')).code).toBe(0);
  });
});

test.each([['docker-24.txt'], ['docker-28.txt'], ['ufw-0.36.2.txt']])(
  'the real kernel agrees: with %s packets pass',
  async (name) => {
    await onHost(async (host) => {
      await host.hand(`iptables-restore < ${process.cwd()}/test/probes/firewalls/${name}`);
      const up = await host.ctr('up', '-d', file);
      expect(up).toMatchObject({ code: 0, err: expect.not.stringMatching(/W11\d|W10[23]/) });
      expect(await host.reaches()).toBe(true);
      expect(await crosses(host)).toEqual([]);
      expect((await host.ctr('down', 'labex')).code).toBe(0);
    });
  },
);
