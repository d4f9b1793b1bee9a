import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, normalize, resolve } from 'node:path';
import { CtrError, exitCodes, messageOf, type Problem } from '../errors.ts';
import type { Text } from '../text.ts';
import { parseConfig } from './parse.ts';
import { valueProblems } from './problems.ts';
import { type Config, rootfsPattern } from './schema.ts';
import { unknownKey } from './shape.ts';

const maxBytes = 1024 * 1024;

function unreadable(file: string, why: Text): CtrError {
  return new CtrError(
    'config-invalid',
    exitCodes.config,
    { en: `cannot read ${file}`, zh: `无法读取 ${file}` },
    { problems: [{ code: 'E000', place: file, message: why }] },
  );
}

/** @throws CtrError when the file is missing, no file, too large or not text. */
function readText(file: string): string {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(file, { en: messageOf(error), zh: messageOf(error) });
  }
  try {
    if (!fstatSync(descriptor).isFile() && file !== '/dev/stdin') {
      throw unreadable(file, { en: 'it is not a regular file', zh: '它不是普通文件' });
    }
    const bytes = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (;;) {
      const got = readSync(descriptor, bytes, length, bytes.length - length, null);
      length += got;
      if (got === 0 || length === bytes.length) break;
    }
    if (length > maxBytes) {
      throw unreadable(file, { en: 'it is larger than 1 MiB', zh: '它大于 1 MiB' });
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
  } catch (error) {
    if (error instanceof CtrError) throw error;
    throw unreadable(file, { en: messageOf(error), zh: messageOf(error) });
  } finally {
    closeSync(descriptor);
  }
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
 * Reads a config; relative root file systems start at its folder.
 * @throws CtrError with exit code 3 and every problem.
 */
export function loadConfig(file: string): { config: Config; warnings: readonly Problem[] } {
  const { config, problems, warnings } = parseConfig(readText(file), file);
  if (config === undefined) throw invalid(file, problems);
  const directory = dirname(resolve(file));
  const containers = Object.fromEntries(
    Object.entries(config.containers).map(([name, container]) => {
      const rootfs = absolute(directory, container.rootfs);
      // The folder of the config is part of it now.
      if (!rootfsPattern.test(rootfs)) {
        const words = valueProblems.E050?.('rootfs', rootfs) ?? unknownKey(rootfs, []);
        throw invalid(file, [{ code: 'E050', place: file, ...words }]);
      }
      return [name, { ...container, rootfs }];
    }),
  );
  return { config: { ...config, containers }, warnings };
}
