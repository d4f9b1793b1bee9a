import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';

/** The error for missing tools, each in a Debian package of its own name. */
export function missingTools(tools: readonly [string, ...string[]]): CtrError {
  const [tool, ...others] = tools;
  if (others.length === 0) return missingTool(tool, tool);
  return new CtrError(
    'tool-missing',
    exitCodes.notReady,
    {
      en: `the programs ${tools.join(', ')} are not installed`,
      zh: `没有安装程序 ${tools.join('、')}`,
    },
    { try: [`sudo apt-get install ${tools.join(' ')}`] },
  );
}

/** The error for a missing tool, with the Debian package that has it. */
export function missingTool(tool: string, packageName: string, means?: Text): CtrError {
  return new CtrError(
    'tool-missing',
    exitCodes.notReady,
    { en: `the program ${tool} is not installed`, zh: `没有安装程序 ${tool}` },
    { ...(means === undefined ? {} : { means }), try: [`sudo apt-get install ${packageName}`] },
  );
}
