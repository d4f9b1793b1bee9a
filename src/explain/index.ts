import { chroot } from './chroot.ts';
import type { Topic } from './topic.ts';

/** What `ctr explain` knows, by the word that asks for it. */
export const topics: Readonly<Record<string, Topic>> = { chroot };
