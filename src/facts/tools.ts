import { accessSync, constants, statSync } from 'node:fs';
import { toolPath } from '../exec/tool-path.ts';
import { neededTools } from './needed-tools.ts';

/** @returns the full path of a program on the search path, or null. */
export function findTool(name: string, searchPath: string = toolPath): string | null {
  for (const directory of searchPath.split(':')) {
    if (!directory.startsWith('/')) continue;
    const path = `${directory}/${name}`;
    try {
      // Most are not there: to be told so by an error takes longer.
      if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue;
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not to be run: the next directory.
    }
  }
  return null;
}

export function readTools(): Readonly<Record<string, string | null>> {
  return Object.fromEntries(neededTools.map((name) => [name, findTool(name)]));
}
