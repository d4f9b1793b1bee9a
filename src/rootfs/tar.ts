import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { requireStart } from '../exec/working-directory.ts';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import type { Maker } from './maker.ts';
import { runTool } from './run.ts';

const twoMinutes = 2 * 60_000;

function noArchive(file: string, why: Text): CtrError {
  return new CtrError(
    'rootfs-source-missing',
    exitCodes.notReady,
    { en: `cannot read ${file}: ${why.en}`, zh: `无法读取 ${file}：${why.zh}` },
    {
      try: [
        {
          en: 'to make one from a Docker container: docker export CONTAINER > rootfs.tar',
          zh: '从一个 Docker 容器导出：docker export 容器 > rootfs.tar',
        },
      ],
    },
  );
}

/** @throws CtrError with exit code 4 when the file does not exist or is not readable. */
export function checkArchive(file: string): void {
  requireStart(file);
  let isDirectory: boolean;
  try {
    isDirectory = statSync(resolve(file)).isDirectory();
    accessSync(resolve(file), constants.R_OK);
  } catch (error) {
    throw noArchive(file, sayErrno(error));
  }
  if (isDirectory) throw noArchive(file, { en: 'it is a directory', zh: '它是一个目录' });
}

/** tar(1), for example of a `docker export`. Excludes device files, since a container gets its own /dev. */
export const tar: Maker = async (context, directory, file) => {
  const asRoot = (process.geteuid?.() ?? 0) === 0;
  await runTool(
    context,
    [
      ...['tar', '--extract', '--file', resolve(file), '--directory', directory],
      ...['--numeric-owner', '--exclude=dev/*', '--exclude=./dev/*'],
      ...(asRoot ? ['--same-owner'] : ['--no-same-owner']),
    ],
    'tar',
    twoMinutes,
  );
};
