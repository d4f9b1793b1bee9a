import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, normalize, resolve } from 'node:path';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes, type Problem, systemCode } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import { textOf } from './bytes.ts';
import { brokenPlan } from './foreign.ts';
import { parseConfig } from './parse.ts';
import type { Config } from './schema.ts';
import { valueProblems } from './value-problems.ts';
import { rootfsPattern } from './value-schemas.ts';
import { type Words, words } from './words.ts';

const maxBytes = 1024 * 1024;

function unreadable(file: string, { message, fix }: Words, place = file): CtrError {
  return new CtrError(
    'config-invalid',
    exitCodes.config,
    { en: `cannot read ${file || "''"}`, zh: `无法读取 ${file || "''"}` },
    { problems: [{ code: 'E000', place: place || "''", message, fix }] },
  );
}

const another: Text = { en: 'give the path of the config file', zh: '请给出配置文件的路径' };

/** The fix for each error of open(2) and read(2). */
const remedies: Readonly<Record<string, Text>> = {
  ENOENT: {
    en: 'correct the path, or write a config to start from: ctr init',
    zh: '改正路径，或者先写一份起始配置：ctr init',
  },
  EACCES: {
    en: 'check the permissions of the file and of the directories above it: namei -l FILE',
    zh: '检查该文件和上级目录的权限：namei -l 文件',
  },
  EPERM: {
    en: 'check the permissions and attributes of the file: lsattr FILE',
    zh: '检查该文件的权限和属性：lsattr 文件',
  },
  ENOTDIR: {
    en: 'correct the path: every part before a / must be a directory',
    zh: '改正路径：/ 之前的每一段都必须是目录',
  },
  ELOOP: {
    en: 'a symbolic link leads back to itself; to find it: namei FILE',
    zh: '有符号链接指回自己；查找方法：namei 文件',
  },
  ENAMETOOLONG: {
    en: 'a name has at most 255 bytes, a path 4095: did you give the text of a config instead of its path?',
    zh: '文件名最多 255 字节，路径最多 4095 字节：是不是把配置的内容写在了文件名的位置？',
  },
  EISDIR: { en: 'give the path of the config file in it', zh: '请给出其中配置文件的路径' },
  ENXIO: another,
};

function refused(file: string, error: unknown): CtrError {
  const code = systemCode(error) ?? '';
  const fix = Object.hasOwn(remedies, code) ? remedies[code] : undefined;
  const standardInput: Text = {
    en: 'to read standard input, give the path /dev/stdin',
    zh: '要读标准输入，请写 /dev/stdin',
  };
  return unreadable(file, {
    message: sayErrno(error),
    fix: file === '-' ? standardInput : (fix ?? another),
  });
}

function readBytes(file: string, descriptor: number): Buffer {
  const stat = fstatSync(descriptor);
  if (stat.isDirectory()) {
    throw unreadable(
      file,
      words(
        'it is a directory',
        '它是一个目录',
        'give the path of the config file in it; the path of a root file system goes into the config, as "root_dir"',
        '请给出其中配置文件的路径；根文件系统的路径写在配置的 "root_dir" 里',
      ),
    );
  }
  if (!stat.isFile() && file !== '/dev/stdin') {
    throw unreadable(
      file,
      words(
        'it is a pipe, a socket or a device, not a regular file',
        '它是管道、套接字或设备，不是普通文件',
        'save the config to a file, or pipe it into ctr and give the path /dev/stdin',
        '把配置存成文件，或者用管道传给 ctr，路径写 /dev/stdin',
      ),
    );
  }
  // Pipes and files of proc(5) report size 0.
  const bytes = Buffer.alloc(Math.min(stat.size > 0 ? stat.size : maxBytes, maxBytes) + 1);
  let length = 0;
  for (;;) {
    const got = readSync(descriptor, bytes, length, bytes.length - length, null);
    length += got;
    if (got === 0 || length === bytes.length) return bytes.subarray(0, length);
  }
}

/** @throws CtrError when the file is missing, a directory, too large or not text. */
function readText(file: string): string {
  let bytes: Buffer;
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO without a writer blocks (fifo(7)).
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    bytes = readBytes(file, descriptor);
  } catch (error) {
    throw error instanceof CtrError ? error : refused(file, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  const text = textOf(bytes, file);
  if (typeof text !== 'string') {
    const { line, column, message, fix } = text;
    throw unreadable(file, { message, fix }, `${file}:${line}:${column}`);
  }
  if (bytes.length <= maxBytes) return text;
  throw unreadable(
    file,
    brokenPlan(text) ??
      words(
        'it is larger than 1 MiB, the limit for a config',
        '它大于 1 MiB，超过了配置的上限',
        'give another file; for many identical containers, use "replicas"',
        '换一个文件；许多相同的容器可以用 "replicas"',
      ),
  );
}

function invalid(file: string, problems: readonly Problem[]): CtrError {
  return new CtrError(
    'config-invalid',
    exitCodes.config,
    {
      en: `${file} is not a valid config: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
      zh: `${file} 不是有效的配置：${problems.length} 个问题`,
    },
    { problems },
  );
}

function absolute(directory: string, path: string): string {
  const full = normalize(resolve(directory, path));
  return full.length > 1 ? full.replace(/\/+$/, '') : full;
}

/**
 * Reads a config and resolves relative root file systems against its directory.
 * @throws CtrError with exit code 3 and all problems.
 */
export function loadConfig(file: string): { config: Config; warnings: readonly Problem[] } {
  const { config, problems, warnings } = parseConfig(readText(file), file);
  if (config === undefined) throw invalid(file, problems);
  const directory = dirname(resolve(file));
  const containers = Object.fromEntries(
    Object.entries(config.containers).map(([name, container]) => {
      const rootfs = absolute(directory, container.rootfs);
      // The path now contains the config's directory, which the schema has not checked.
      if (!rootfsPattern.test(rootfs)) {
        const { code, say } = valueProblems['path for mount'];
        throw invalid(file, [{ code, place: `${file}:1:1`, ...say('rootfs', rootfs) }]);
      }
      return [name, { ...container, rootfs }];
    }),
  );
  return { config: { ...config, containers }, warnings };
}
