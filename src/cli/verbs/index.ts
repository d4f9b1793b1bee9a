import type { Command } from 'commander';
import { addCniVerbs } from './cni.ts';
import { addExplainVerbs } from './explain.ts';
import { addLabVerbs } from './lab.ts';
import { addObservingVerbs } from './observe.ts';
import { addPreparingVerbs } from './prepare.ts';
import { addProgramVerbs } from './program.ts';
import { addRecordingVerbs } from './recordings.ts';
import { addRunVerbs } from './runs.ts';
import { addSandboxVerbs } from './sandbox.ts';
import { addStageVerbs } from './stages.ts';
import type { Surroundings } from './surroundings.ts';
import { addUpAndPlan } from './up-and-plan.ts';

/** Adds every verb, in the order of `--help`. A verb's file is loaded only when the verb is called. */
export function addVerbs(ctr: Command, around: Surroundings): void {
  addUpAndPlan(ctr, around);
  addRunVerbs(ctr, around);
  addObservingVerbs(ctr, around);
  addSandboxVerbs(ctr, around);
  addCniVerbs(ctr, around);
  addLabVerbs(ctr, around);
  addPreparingVerbs(ctr, around);
  addRecordingVerbs(ctr, around);
  addProgramVerbs(ctr, around);
  addStageVerbs(ctr, around);
  addExplainVerbs(ctr, around);
}
