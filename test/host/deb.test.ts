// The Debian package that scripts/package.sh built, installed in a copy of this host without Node, or of another root
// (CTR_DEB_ROOT, from scripts/deb-root.sh).

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { sh } from '../../rig/sh.ts';

const built = join(process.cwd(), 'node_modules/.cache/ctr/packages');
/** The root that is copied; a Debian of its own has all that the package depends on. */
const lower = process.env.CTR_DEB_ROOT ?? '/';
let folder: string;

beforeAll(() => {
  assertSandbox();
  folder = mkdtempSync(join(tmpdir(), 'ctr-deb-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs lines in a copy of the root, which ends with them, where no Node is in the search path. */
async function inCopy(...lines: readonly string[]) {
  const [deb = 'none'] = readdirSync(built).filter((name) => name.endsWith('.deb'));
  const script = join(folder, 'script');
  writeFileSync(script, ['set -e', ...lines, ''].join('\n'));
  const ran = await sh([
    ...['unshare', '--mount', '--propagation', 'private', 'sh', '-euc'],
    `mount -t tmpfs none /mnt; mkdir /mnt/upper /mnt/work /mnt/root
    mount -t overlay overlay -o lowerdir=${lower},upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
    cd /mnt/root
    rm -f usr/bin/node usr/bin/npm usr/local/bin/node usr/bin/ctr
    cp "$1" tmp/ctrnet.deb; cp "$2" tmp/script
    mount --rbind /proc proc; mount --rbind /sys sys; mount --rbind /dev dev; mount -t tmpfs none run
    mkdir -p mnt/old; pivot_root . mnt/old
    exec env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin sh /tmp/script`,
    'sh',
    join(built, deb),
    script,
  ]);
  return { code: ran.code, said: ran.out + ran.err };
}

const install = `dpkg ${lower === '/' ? '--force-depends' : ''} -i /tmp/ctrnet.deb 2>&1`;

test('it brings its own Node, its pages and completions, and takes all of it away', async () => {
  const { code, said } = await inCopy(
    '! command -v node',
    install,
    'ctrnet --version; ctr --version; readlink /usr/bin/ctr',
    'test -s /usr/share/man/man1/ctrnet.1.gz; test -s /usr/share/man/zh_CN/man1/ctrnet.1.gz',
    'bash -n /usr/share/bash-completion/completions/ctrnet',
    'ctr doctor | grep name',
    'dpkg -r ctrnet 2>&1',
    'test ! -e /usr/bin/ctr; test ! -e /usr/lib/ctrnet; test ! -e /usr/lib/cni/ctr; echo gone',
  );
  expect({ code, said }).toMatchObject({ code: 0 });
  expect(said).toContain('0.1.0\n0.1.0\nctrnet\n');
  expect(said).toContain('“ctr” is this program: /usr/bin/ctr');
  expect(said).toContain('gone');
});

test('another program called ctr stays', async () => {
  const { code, said } = await inCopy(
    'echo "#!/bin/sh" >/usr/bin/ctr; chmod +x /usr/bin/ctr',
    install,
    'test ! -L /usr/bin/ctr; dpkg -r ctrnet 2>&1; test -x /usr/bin/ctr; echo stays',
  );
  expect({ code, said }).toMatchObject({ code: 0 });
  expect(said).toContain('/usr/bin/ctr is another program, and stays as it is');
});

test('up, demo and the CNI plugin work without Node', async () => {
  const { code, said } = await inCopy(
    install,
    'mkdir /root/lab; cd /root/lab; ctrnet -q rootfs create labex',
    'cp /usr/lib/ctrnet/examples/tutorial.json .',
    'ctr up --host tutorial.json -- ping -c 1 192.168.0.1',
    'ctr demo',
    'printf "{}" | CNI_COMMAND=VERSION /usr/lib/cni/ctr',
    `printf '{"cniVersion":"1.1.0","name":"a","type":"ctr","ipam":{"subnet":"10.99.0.0/24"}}' |
      CNI_COMMAND=STATUS CNI_PATH=/usr/lib/cni /usr/lib/cni/ctr`,
  );
  expect({ code, said }).toMatchObject({ code: 0 });
  expect(said).toContain('1 packets received');
  expect(said).toContain("the host's own address: that is MASQUERADE");
  expect(said).toContain('"supportedVersions"');
});
