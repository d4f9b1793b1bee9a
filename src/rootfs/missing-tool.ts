import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';

/** The error for a missing tool, with the Debian package that has it. */
export function missingTool(tool: string, packageName: string, means?: Text): CtrError {
  return new CtrError(
    'tool-missing',
    exitCodes.notReady,
    { en: `the program ${tool} is not installed`, zh: `没有安装程序 ${tool}` },
    { ...(means === undefined ? {} : { means }), try: [`sudo apt-get install ${packageName}`] },
  );
}
