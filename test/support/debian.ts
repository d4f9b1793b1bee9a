import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sh } from '../../rig/sh.ts';

/** The programs that dpkg(1), apt-get(8) and the package's script need. */
const programs = [
  ...['/bin/sh', '/bin/rm', '/bin/tar', '/bin/uname', '/bin/cat', '/bin/ls', '/bin/mkdir'],
  ...['/usr/bin/dpkg', '/usr/bin/dpkg-deb', '/usr/bin/dpkg-split', '/usr/bin/dpkg-query'],
  ...['/usr/bin/diff', '/usr/bin/apt-get', '/sbin/ldconfig', '/sbin/start-stop-daemon'],
  ...['/usr/lib/apt/methods/http', '/usr/lib/apt/methods/gpgv', '/usr/lib/apt/methods/store'],
  ...['/usr/lib/apt/methods/copy', '/usr/lib/apt/methods/file'],
];

/** Makes a root file system from this host's package tools. */
export async function debianRootfs(directory: string): Promise<void> {
  for (const path of [
    ...['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'dev', 'proc', 'sys', 'tmp', 'root', 'run'],
    ...['etc/apt/sources.list.d', 'etc/apt/apt.conf.d', 'etc/apt/preferences.d', 'etc/dpkg'],
    ...['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'var/lib/dpkg/triggers', 'var/log/apt'],
    ...['var/lib/apt/lists/partial', 'var/cache/apt/archives/partial'],
  ]) {
    mkdirSync(join(directory, path), { recursive: true });
  }
  for (const name of ['bin', 'sbin', 'lib', 'lib64'])
    symlinkSync(`usr/${name}`, join(directory, name));
  writeFileSync(join(directory, 'var/lib/dpkg/status'), '');
  writeFileSync(join(directory, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n_apt:x:42:65534::/:/\n');
  writeFileSync(join(directory, 'etc/group'), 'root:x:0:\nadm:x:4:\nnogroup:x:65534:\n');
  // dpkg's tables of architectures.
  cpSync('/usr/share/dpkg', join(directory, 'usr/share/dpkg'), { recursive: true });
  const listed = await sh(['ldd', ...programs]);
  const libraries = [...listed.out.matchAll(/(\/\S+\.so\S*) \(0x/g)].map(([, path = '']) => path);
  for (const path of new Set([...programs, ...libraries])) {
    // In Debian /bin and /lib are symbolic links into /usr.
    const place = join(directory, path.startsWith('/usr/') ? path : `/usr${path}`);
    mkdirSync(dirname(place), { recursive: true });
    cpSync(path, place, { dereference: true });
  }
}
