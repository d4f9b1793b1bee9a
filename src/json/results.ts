import * as z from 'zod/mini';
import { check, checkProbe, checkStage, repair } from './check.ts';
import { cniExample, cniInstall, cniLog, cniRemove } from './cni.ts';
import { type Frozen, version } from './common.ts';
import { init, validate } from './config.ts';
import { why } from './diagnosis.ts';
import { doctor } from './doctor.ts';
import { explain, explainCodes, explainWords } from './explain.ts';
import { inspect, inspectPid } from './inspect.ts';
import { labNecessity } from './necessity.ts';
import { plan } from './plan.ts';
import { replay, report } from './recording.ts';
import { rootfsCreate } from './rootfs.ts';
import { down, gc, goto, ps, up } from './runs.ts';
import { topology } from './topology.ts';
import { trace } from './trace.ts';
import { watch } from './watch.ts';

// What each verb prints on standard output under --json: the source of the verbs' result types and of docs/json.md. ctr
// itself does not load this file.

export const results = {
  up,
  plan,
  down,
  gc,
  ps,
  'inspect --pid': inspectPid,
  inspect,
  graph: topology,
  check,
  'check --stage': checkStage,
  goto,
  trace,
  why,
  'check --probe': checkProbe,
  watch,
  repair,
  replay,
  report,
  'lab necessity': labNecessity,
  'cni install': cniInstall,
  'cni remove': cniRemove,
  'cni example': cniExample,
  'cni log': cniLog,
  'rootfs create': rootfsCreate,
  validate,
  init,
  explain,
  'explain codes': explainCodes,
  'explain words': explainWords,
  doctor,
  version: z.strictObject({ version, release: z.string().check(z.describe('of the program')) }),
} as const;

export type Results = {
  readonly [Verb in keyof typeof results]: Omit<Frozen<z.infer<(typeof results)[Verb]>>, 'version'>;
};
