import type { Facts } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import type { Context } from '../run/context.ts';
import type { Refusal } from '../sandbox/refused.ts';
import type { Run } from '../state/runs.ts';
import type { Distribution } from './distribution.ts';
import type { Trial } from './trial.ts';

/** What a run of the tutorial would meet on this host: what prevents it, and what it would be warned about. */
export interface TutorialHere {
  readonly facts: Facts;
  readonly found: readonly Problem[];
}

/**
 * What other verbs read as well. src/doctor/open-host.ts reads it, in the main file of the program: the examinations are
 * in a file of their own, which would otherwise hold all that code once more.
 */
export interface Opened {
  readonly context: Context;
  readonly asRoot: boolean;
  /** Whether this process may change the host: root with all capabilities. */
  readonly mayChange: boolean;
  /** @throws CtrError when ip(8) does not work. */
  readonly tutorial: Promise<TutorialHere>;
  /** @throws CtrError when the state directory cannot be read. */
  readonly runs: Promise<readonly Run[]>;
  /** Commands that remove what bears ctr's mark and is in no record. */
  strays(): Promise<readonly string[]>;
  /** Why a sandbox host cannot be made. */
  refusal(said: string): Promise<Refusal>;
}

/** What the examinations read. What is slow, and what several of them need, is read once. */
export interface Host extends Opened {
  readonly distribution: Distribution;
  readonly facts: Promise<Facts>;
  readonly trial: Promise<Trial>;
}
