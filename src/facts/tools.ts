import { accessSync, constants, statSync } from 'node:fs';
import { toolPath } from '../exec/tool-path.ts';
import { neededTools } from './needed-tools.ts';

/** @returns the full path of a program on the search path, or null. */
export function findTool(name: string, searchPath: string = toolPath): string | null {
  for (const directory of searchPath.split(':')) {
    if (!directory.startsWith('/')) continue;
    const path = `${directory}/${name}`;
    try {
      // Most do not exist, and an exception would be slower.
      if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue;
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // The file is not executable. Try the next directory.
    }
  }
  return null;
}

export function readTools(): Readonly<Record<string, string | null>> {
  return Object.fromEntries(neededTools.map((name) => [name, findTool(name)]));
}
