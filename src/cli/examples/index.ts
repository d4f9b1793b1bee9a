import type { verbs } from '../../exec/called.ts';
import { cni } from './cni.ts';
import type { Pair } from './example.ts';
import { observe } from './observe.ts';
import { prepare } from './prepare.ts';
import { program } from './program.ts';
import { recordings } from './recordings.ts';
import { runs } from './runs.ts';

/** Two examples per verb. */
export const examples: Readonly<
  Record<
    | (typeof verbs)[number]
    | 'rootfs create'
    | 'lab necessity'
    | `cni ${'install' | 'remove' | 'example' | 'log'}`,
    Pair
  >
> = { ...runs, ...observe, ...cni, ...prepare, ...recordings, ...program };
