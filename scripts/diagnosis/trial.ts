import { setTimeout as sleep } from 'node:timers/promises';
import { type Asked, askTrace, askWhy, isPromised, type KernelWord } from './ask.ts';
import { type Bench, changed, type State } from './bench.ts';
import type { Fault } from './fault.ts';
import { judge, type Verdict } from './verdict.ts';

/** What was asked about a fault, and how it was judged. */
interface Judged extends Verdict {
  readonly ms: number;
  readonly said?: string;
  /** Whether the kernel's own word on the drop fits. */
  readonly heard?: KernelWord;
}

export interface Trial {
  /** What is wrong with the fault itself, or with the rig. */
  readonly mistakes: readonly string[];
  /** The kernel or a tool cannot do what the fault needs. */
  readonly impossible?: string;
  readonly trace?: Judged;
  /** With the kernel's own word on drops. */
  readonly kernel?: Judged;
  readonly why?: Judged;
  /** The probe's way. */
  readonly seen: string;
  /** How the state of all namespaces differs from that of the healthy lab. */
  readonly difference: readonly string[];
}

export interface Asking {
  readonly trace: boolean;
  readonly why: boolean;
  readonly kernel: boolean;
}

/** Asks again for a while: some effects take a moment to end. */
async function eventually(bench: Bench, { question }: Fault): Promise<boolean> {
  for (let turn = 0; turn < 10; turn += 1) {
    if (await bench.works(question)) return true;
    await sleep(200);
  }
  return false;
}

/** What of a lab is not as it was. Carrier and states of ports settle within seconds. */
async function leftIn(bench: Bench, healthy: State): Promise<readonly string[]> {
  let left = changed(healthy, await bench.state());
  for (let turn = 0; turn < 8 && left.length > 0; turn += 1) {
    await sleep(400);
    left = changed(healthy, await bench.state());
  }
  return left;
}

const unsupported =
  /Operation not supported|Unknown device type|No such file or directory.*proc\/sys/;

function judged({ answer, ms, kernel }: Asked, { truth, harmless }: Fault): Judged {
  const verdict = judge(answer, truth, harmless === true);
  return {
    ...verdict,
    ms,
    ...(answer.kind === 'failed' ? { said: answer.said } : {}),
    ...(kernel === undefined ? {} : { heard: kernel }),
  };
}

/** Plants a fault, checks that it breaks its question, asks about it, mends it, and checks that all is as before. */
export async function trial(
  bench: Bench,
  fault: Fault,
  healthy: State,
  asking: Asking,
): Promise<Trial> {
  const { scene, config, question } = fault;
  const harmless = fault.harmless === true;
  const mistakes: string[] = [];
  let set = healthy;
  const mend = async () => {
    await bench.edit(fault.mend);
    if (config !== undefined) {
      await bench.down();
      await bench.up(bench.lab.config);
    }
    await bench.forget();
  };
  try {
    if (scene !== undefined) await bench.edit(scene.plant);
    if (!(await eventually(bench, fault))) mistakes.push('it does not work before');
    if (scene !== undefined) set = await bench.state();
    if (config !== undefined) {
      await bench.down();
      await bench.up(config(bench.lab.config));
    }
    await bench.edit(fault.plant);
  } catch (error) {
    const said = String(error);
    await mend().catch(() => undefined);
    if (scene !== undefined) await bench.edit(scene.mend).catch(() => undefined);
    const left = await leftIn(bench, healthy);
    if (left.length > 0) mistakes.push(`left: ${left.join('; ')}`);
    if (!unsupported.test(said)) mistakes.push(said);
    const base = { mistakes, seen: '', difference: [] };
    return unsupported.test(said) ? { ...base, impossible: said } : base;
  }
  if (fault.keepNeighbours !== true) await bench.forget();
  if ((await bench.works(question)) !== harmless)
    mistakes.push(harmless ? 'it is not harmless' : 'it does not break the question');
  const now = await bench.state();
  const difference = changed(healthy, now);
  if (changed(set, now).length === 0 && !harmless)
    mistakes.push('it changes nothing that can be read');
  const asks = mistakes.length === 0;
  const traces = asks && asking.trace && fault.untraceable !== true;
  const trace = traces ? await askTrace(question, bench.lab) : undefined;
  const kernel =
    traces && asking.kernel ? await askTrace(question, bench.lab, ['--kernel']) : undefined;
  const why =
    asks && asking.why && (isPromised(fault, bench.lab) || fault.untraceable === true)
      ? await askWhy()
      : undefined;
  // What was asked about must still be so.
  if (asks && (await bench.works(question)) !== harmless) mistakes.push('it did not last');
  await mend();
  if (!(await eventually(bench, fault))) mistakes.push('it does not work after');
  if (scene !== undefined) await bench.edit(scene.mend);
  await bench.forget();
  const left = await leftIn(bench, healthy);
  if (left.length > 0) mistakes.push(`left: ${left.join('; ')}`);
  return {
    mistakes,
    ...(trace === undefined ? {} : { trace: judged(trace, fault) }),
    ...(kernel === undefined ? {} : { kernel: judged(kernel, fault) }),
    ...(why === undefined ? {} : { why: judged(why, fault) }),
    seen: trace?.seen ?? '',
    difference,
  };
}
