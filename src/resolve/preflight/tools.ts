import type { Facts } from '../../facts/index.ts';
import { terminalTools, toolPackages } from '../../facts/needed-tools.ts';
import type { Problem } from '../../model/errors.ts';

export function missingTools(facts: Facts): readonly Problem[] {
  const needed = { ...toolPackages, ...(facts.terminal === null ? {} : terminalTools) };
  return Object.entries(needed)
    .filter(([tool]) => facts.tools[tool] == null)
    .map(([tool, name]) => ({
      code: 'H001',
      place: tool,
      message: { en: `the program ${tool} is not installed`, zh: `没有安装程序 ${tool}` },
      fix: { en: `apt-get install ${name}`, zh: `apt-get install ${name}` },
    }));
}
