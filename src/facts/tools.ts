import { accessSync, constants, statSync } from 'node:fs';
import { toolPath } from '../engine/tool-path.ts';
import { neededTools } from '../preflight/tools.ts';

/** @returns the full path of a program on the fixed search path, or null. */
export function findTool(name: string): string | null {
  for (const directory of toolPath.split(':')) {
    const path = `${directory}/${name}`;
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here: the next directory.
    }
  }
  return null;
}

export function readTools(): Readonly<Record<string, string | null>> {
  return Object.fromEntries(neededTools.map((name) => [name, findTool(name)]));
}
