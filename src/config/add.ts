import type { ProblemCode } from '../model/codes/index.ts';
import type { Words } from './words.ts';
export type Add = (
  code: ProblemCode,
  path: readonly PropertyKey[],
  words: Words,
  other?: readonly PropertyKey[],
) => void;
