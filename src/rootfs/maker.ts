import type { Context } from '../run/context.ts';
/** Fills an empty directory with a root file system. @param argument the text after the source's colon. */
export type Maker = (context: Context, directory: string, argument: string) => Promise<void>;
