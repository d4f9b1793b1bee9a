import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { createTar, type TarFileInput } from 'nanotar';
import { packageName } from './pages.ts';

const version = '1.0';
const made = Date.UTC(2025, 0, 1);

const greet = `#!/bin/sh
# Installed from the world of the sandbox host.
echo "hello from $(uname -n): this program came out of a package"
`;

const control = `Package: ${packageName}
Version: ${version}
Architecture: all
Maintainer: ctr <nobody@packages.example>
Section: misc
Priority: optional
Description: says hello, to show that software can be installed
`;

/** A compressed tar(5) archive whose files belong to root. */
function tarball(files: readonly TarFileInput[]): Buffer {
  const attrs = { uid: 0, gid: 0, user: 'root', group: 'root', mtime: made };
  return gzipSync(createTar([...files], { attrs: { ...attrs, mode: '755' } }));
}

const directories = ['./usr', './usr/bin'].map((name) => ({ name }));

/** The package's files as a tar archive. */
export const archive = tarball([...directories, { name: `./usr/bin/${packageName}`, data: greet }]);

/** One member of an ar archive: a header of sixty bytes, and the content padded to an even length (deb(5)). */
function member(name: string, content: Buffer): Buffer {
  const columns = [
    name.padEnd(16),
    String(made / 1000).padEnd(12),
    '0'.padEnd(6),
    '0'.padEnd(6),
    '100644'.padEnd(8),
    String(content.length).padEnd(10),
  ];
  const padding = Buffer.from(content.length % 2 === 0 ? '' : '\n');
  return Buffer.concat([Buffer.from(`${columns.join('')}\`\n`), content, padding]);
}

/** The same files as a Debian package (deb(5)). */
export const deb = Buffer.concat([
  Buffer.from('!<arch>\n'),
  member('debian-binary', Buffer.from('2.0\n')),
  member('control.tar.gz', tarball([{ name: './control', data: control, attrs: { mode: '644' } }])),
  member('data.tar.gz', archive),
]);

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

/** The index of a package repository with only this package (deb-src-control(5), apt-secure(8)). */
export const index = `${control}Filename: ./${packageName}.deb
Size: ${deb.length}
SHA256: ${sha256(deb)}
`;

/** The Release file, by which apt verifies the index. */
export const release = `Origin: packages.example
Label: packages.example
Suite: stable
Date: ${new Date(made).toUTCString().replace('GMT', 'UTC')}
SHA256:
 ${sha256(index)} ${Buffer.byteLength(index)} Packages
`;
