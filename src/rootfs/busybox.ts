import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { findTool } from '../facts/tools.ts';
import type { Maker } from './maker.ts';
import { missingTool } from './missing-tool.ts';

const directories = [
  ...['bin', 'dev', 'etc', 'home', 'lib', 'proc', 'root', 'run', 'sbin', 'sys', 'usr/bin'],
  ...['usr/sbin', 'var/lib/dpkg/info', 'var/log', 'tmp'],
];

const files: Readonly<Record<string, string>> = {
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
  'etc/profile': "export PS1='\\h:\\w\\$ '\n",
  'etc/os-release': 'ID=busybox\nNAME=BusyBox\nPRETTY_NAME="BusyBox, made by ctr"\n',
  // The dpkg of busybox does not start without this file.
  'var/lib/dpkg/status': '',
};

/** Whether a program is statically linked: it has no PT_INTERP segment (elf(5)). */
export function isStatic(path: string): boolean {
  const bytes = Buffer.alloc(4096);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (bytes.toString('latin1', 1, 4) !== 'ELF') return false;
  const wide = bytes[4] === 2;
  const little = bytes[5] === 1;
  const half = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const word = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const table = word(wide ? 32 : 28);
  const size = half(wide ? 54 : 42);
  const count = half(wide ? 56 : 44);
  const interpreter = 3;
  for (let index = 0; index < count; index += 1) {
    const at = table + index * size;
    if (at + 4 > bytes.length) return false;
    if (word(at) === interpreter) return false;
  }
  return true;
}

/** The host's static busybox(1), with a link for each applet. Works offline. */
export const busybox: Maker = async (context, directory) => {
  const program = findTool('busybox');
  if (program === null || !isStatic(program)) {
    throw missingTool('busybox', 'busybox-static', {
      en: 'the busybox root file system needs a statically linked busybox',
      zh: 'busybox 根文件系统需要静态链接的 busybox',
    });
  }
  const list = await context.runner.run([program, '--list-full']);
  for (const name of directories)
    mkdirSync(`${directory}/${name}`, { recursive: true, mode: 0o755 });
  chmodSync(`${directory}/tmp`, 0o1777);
  copyFileSync(program, `${directory}/bin/busybox`);
  chmodSync(`${directory}/bin/busybox`, 0o755);
  const applets = list.stdout.split('\n').filter((path) => /^(usr\/)?s?bin\/[^/]+$/.test(path));
  for (const path of applets) {
    if (path !== 'bin/busybox') symlinkSync('/bin/busybox', `${directory}/${path}`);
  }
  for (const [path, text] of Object.entries(files)) writeFileSync(`${directory}/${path}`, text);
};
