import { resultText } from '../render/result.ts';
import type { Topology } from './topology.ts';

/** A topology as `ctr graph --json` prints it (docs/json.md). Pure. */
export function renderJson({ version: _, ...topology }: Topology): string {
  return `${resultText('graph', topology)}\n`;
}
