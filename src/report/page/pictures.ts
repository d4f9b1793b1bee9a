import { topologyOfSnapshot } from '../../graph/of-snapshot.ts';
import { renderSvg } from '../../graph/svg.ts';
import type { Topology } from '../../graph/topology.ts';
import type { Language } from '../../model/text.ts';
import type { PageData } from '../data.ts';
import type { Pictures } from './picture.tsx';
import { statesOf } from './states.ts';

/** Draws every stop of a recording: an object stands in the same place in all pictures, and what is new is marked. */
export function picturesOf(data: PageData): Pictures {
  const { name, marks } = data.header;
  const topologies = statesOf(data).map((state, at): Topology | undefined =>
    state === undefined
      ? undefined
      : topologyOfSnapshot(
          state,
          { name, ...marks },
          {
            from: 'recording',
            step: Math.min(data.header.steps.length, (data.stops[at]?.number ?? 0) + 1),
          },
        ),
  );
  const among = topologies.flatMap((one) => one ?? []);
  const content = (at: number) => JSON.stringify({ ...topologies[at], source: undefined });
  return {
    draw(at: number, language: Language) {
      const topology = topologies[at];
      if (topology === undefined) return '';
      const before = topologies[at - 1];
      return renderSvg(topology, {
        language,
        among,
        style: false,
        ...(before === undefined ? {} : { compare: before }),
      });
    },
    isNew: (at) => at === 0 || content(at) !== content(at - 1),
  };
}
