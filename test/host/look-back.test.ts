import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { type PrivateHost, privateHost } from '../../rig/private-host.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let host: PrivateHost;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '600'] }));
});
afterAll(() => shop.remove());
beforeEach(async () => {
  host = await privateHost();
});
afterEach(() => host.end());

/** Does to each new interface what systemd-networkd does with a .network file that matches all. */
const catchAll = `#!/bin/sh
ip -o monitor link | while read -r line; do
  case $line in
  *Deleted*) ;;
  *veth*master*ctr0*) name=\${line#*: }; ip link set dev "\${name%%[@:]*}" nomaster 2>/dev/null;;
  *" ctr0: "*) ip addr flush dev ctr0 2>/dev/null;;
  esac
done
`;

async function manager(name: string): Promise<void> {
  await host.hand(
    'mkdir -p /run/systemd/netif',
    `cat >/run/${name} <<'END'\n${catchAll}END`,
    `chmod +x /run/${name}`,
    `/run/${name} >/dev/null 2>&1 &`,
    'until pgrep -f "ip -o monitor" >/dev/null; do sleep 0.05; done',
  );
}

async function end(name: string): Promise<void> {
  await host.hand(`kill $(pgrep -f '[/]run/${name}')`);
  await host.hand("kill $(pgrep -f '[i]p -o monitor')", `rm -r /run/${name} /run/systemd`);
}

const managers: readonly [name: string, file: RegExp][] = [
  ['systemd-networkd', /Name=veth\* ctr0.*Unmanaged=yes.*\/etc\/systemd\/network\/05-ctr\.network/],
  ['NetworkManager', /unmanaged-devices=interface-name:veth\*;interface-name:ctr0/],
  ['dhcpcd', /denyinterfaces veth\* ctr0/],
];

test.each(managers)(
  'what %s takes apart is said by up -d, with what to write',
  async (name, says) => {
    const before = await snapshot(host.enter);
    await manager(name);
    const up = await host.ctr('up', '-d', file);
    expect(up).toMatchObject({ code: 0, out: 'labex\n' });
    expect(up.err).toMatch(
      /W140 {2}host {2}no longer true: ctr0: bridge, address 192\.168\.0\.1\/16, up/,
    );
    expect(up.err).toMatch(
      /W140 {2}host {2}no longer true: veth[\w-]+: veth pair, .*port of ctr0, up/,
    );
    expect(up.err).toContain(`W141  ${name}`);
    expect(up.err).toMatch(says);
    const ping = await host.ctr('exec', 'labex', '--', 'ping', '-c', '1', '-W', '1', '192.168.0.1');
    expect(ping.code).toBe(1);
    expect((await host.ctr('check', 'labex')).code).toBe(7);
    await end(name);
    expect((await host.ctr('repair', 'labex')).code).toBe(0);
    expect((await host.ctr('-q', 'down', 'labex')).code).toBe(0);
    expect(await snapshot(host.enter)).toBe(before);
  },
);

test.each([['staged'], ['fast', '--fast']])(
  'it is said beside a foreground command, too: %s',
  async (_, ...flags) => {
    await manager('systemd-networkd');
    const up = await host.ctr('--lang', 'zh', 'up', ...flags, file, '--', 'sleep', '4');
    expect(up).toMatchObject({ code: 0, err: expect.stringContaining('W141  systemd-networkd') });
    expect(up.err).toMatch(
      /W140 {2}host {2}已不再成立：ctr0：网桥，地址 192\.168\.0\.1\/16，已启用/,
    );
  },
);

test('without interference ctr reports nothing', async () => {
  const up = await host.ctr('up', '-d', file);
  expect(up).toMatchObject({ code: 0, err: expect.not.stringMatching(/W14\d/) });
});
