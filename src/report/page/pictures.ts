import type { PageData } from '../data.ts';
import type { Pictures } from './picture.tsx';

/** TEMPORARY until graph is merged. */
export function picturesOf(_data: PageData): Pictures {
  return () => '';
}
