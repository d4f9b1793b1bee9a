import { findTool } from '../facts/tools.ts';

/** All files of this name on a search path, in its order. */
export function allOnPath(name: string, searchPath: string): readonly string[] {
  return [...new Set(searchPath.split(':'))].flatMap(
    (directory) => findTool(name, directory) ?? [],
  );
}
