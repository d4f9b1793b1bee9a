import { compareTopologies } from '../graph/compare.ts';
import { topologyOfSnapshot } from '../graph/of-snapshot.ts';
import type { Topology } from '../graph/topology.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { readRecording } from '../recording/read.ts';
import { stopsOf } from '../recording/stops.ts';

/** A step of a recording, and everything that is drawn beside it. */
export interface RecordedPicture {
  /** With what the step has changed. */
  readonly topology: Topology;
  /** Of all steps: what they have in common has the same place in all pictures. */
  readonly among: readonly Topology[];
}

function noSuchStep(file: string, step: number, last: number): CtrError {
  return new CtrError('invalid-argument', exitCodes.usage, {
    en: `${file} has no picture of step ${step}: its steps are 0 (before the first one) to ${last}`,
    zh: `${file} 里没有第 ${step} 步的图：可以画第 0 步（第一步之前）到第 ${last} 步`,
  });
}

/** @param step as `ctr replay` counts them, 0 for the start; absent for the last one. */
export function recordedPicture(file: string, step: number | undefined): RecordedPicture {
  const recording = readRecording(file);
  const { name, marks, made } = recording.header;
  const begun = Date.parse(made);
  const stops = stopsOf(recording).flatMap(({ kind, number, ms, state }) =>
    state !== undefined && (kind === 'step' || kind === 'start')
      ? [{ step: number + 1, ms, state }]
      : [],
  );
  const last = stops.at(-1)?.step ?? 0;
  const wanted = step ?? last;
  const pictures = stops.map(({ step: number, ms, state }) => {
    const at = new Date(begun + ms).toISOString();
    return topologyOfSnapshot(state, { name, ...marks }, { from: 'recording', step: number, at });
  });
  // A step may have been run, undone and run again.
  const index = stops.findLastIndex((stop) => stop.step === wanted);
  const topology = pictures[index];
  if (topology === undefined) throw noSuchStep(file, wanted, last);
  const before = pictures[stops.findLastIndex((stop) => stop.step === wanted - 1)];
  return {
    topology: before === undefined ? topology : compareTopologies(before, topology),
    among: pictures,
  };
}
