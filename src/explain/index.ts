import { chroot } from './chroot.ts';
import type { Topic } from './topic.ts';

/** The topics of `ctr explain`, by their names on the command line. */
export const topics: Readonly<Record<string, Topic>> = { chroot };
