import type { Language } from '../model/text.ts';
import { renderAlt } from './alt.ts';
import { renderAscii } from './ascii.ts';
import { renderDot } from './dot.ts';
import type { GraphFormat } from './formats.ts';
import { renderJson } from './json.ts';
import { renderMermaid } from './mermaid.ts';
import { renderSvg } from './svg.ts';
import { renderText } from './text.ts';
import type { Topology } from './topology.ts';

export { marksOf } from './assemble.ts';
export { topologyOfPlan } from './of-plan.ts';
export { topologyOfSnapshot } from './of-snapshot.ts';

interface GraphOptions {
  readonly language: Language;
  /** Terminal columns, for the formats that are drawn with characters. */
  readonly width: number;
  readonly color: boolean;
  /** All topologies that are shown one after the other: in an SVG an object has the same place in all of them. */
  readonly among?: readonly Topology[];
}

/** Formats a topology. Pure. */
export const graphRenderers: Readonly<
  Record<GraphFormat, (topology: Topology, options: GraphOptions) => string>
> = {
  text: renderText,
  ascii: renderAscii,
  alt: renderAlt,
  svg: renderSvg,
  mermaid: renderMermaid,
  dot: renderDot,
  json: renderJson,
};
