import { toolPath } from '../exec/tool-path.ts';
import { userEnvironment } from '../exec/user-environment.ts';
import { shellLine } from '../model/command.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Context } from '../run/context.ts';
import { missingTool } from './missing-tool.ts';

/** Where a tool that makes a root file system is looked up: on the fixed search path, then on the user's. */
export function searchPathOf({ environment }: Pick<Context, 'environment'>): string {
  return `${toolPath}:${environment.PATH ?? ''}`;
}

/** Runs a tool that makes a root file system, with the user's environment (proxies, authentication). */
export async function runTool(
  context: Context,
  argv: readonly string[],
  packageName: string,
  timeoutMs: number,
): Promise<void> {
  const environment = userEnvironment(context.environment);
  const outcome = await context.runner.tool(argv, {
    timeoutMs,
    environment: { ...environment, PATH: searchPathOf(context) },
  });
  if (outcome.ok) return;
  const [tool = ''] = argv;
  if (outcome.missing) throw missingTool(tool, packageName);
  throw new CtrError(
    'rootfs-failed',
    exitCodes.undone,
    {
      en: `${tool} could not make the root file system`,
      zh: `${tool} 没能做出根文件系统`,
    },
    {
      ran: `${shellLine(argv)}   (exit ${outcome.exitCode ?? outcome.signal ?? 'timeout'})`,
      said: (outcome.stderr.trim() || outcome.stdout.trim()).split('\n').slice(-5).join('\n'),
      undone: { en: 'nothing is left of it', zh: '没有留下任何东西' },
    },
  );
}
