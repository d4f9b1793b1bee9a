import { resolve } from 'node:path';
import { requireStart } from '../working-directory.ts';
import type { Maker } from './index.ts';
import { runTool } from './run.ts';

const twoMinutes = 2 * 60_000;

/** tar(1) of a `docker export`. Device files are left out: a container gets its own /dev. */
export const tar: Maker = async (context, directory, file) => {
  requireStart(file);
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
