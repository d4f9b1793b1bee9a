import { shortPlace } from '../model/place.ts';
import type { Walk } from '../trace/walk.ts';
import { escapeControls } from './escape-controls.ts';
import { type WalkOptions, walkRows } from './walk.ts';
import { endLines } from './walk-end.ts';

/** Text that Mermaid takes as it is (its "Entity codes to escape characters"). */
function safe(text: string): string {
  return escapeControls(text).replaceAll(
    /[^\p{L}\p{N} .,()+~\u2192\u25c2=:/_-]/gu,
    (char) => `#${char.codePointAt(0)};`,
  );
}

/** A sequence diagram of Mermaid (mermaid.js.org, "Sequence diagrams"): a lane for each namespace. Pure. */
export function walkMermaid(walk: Walk, given: WalkOptions): string {
  const options = { ...given, color: false };
  const rows = walkRows(walk, options);
  const places = [...new Set(walk.hops.map(({ place }) => place))];
  const id = (place: string) => `p${places.indexOf(place as (typeof places)[number])}`;
  const lines = [
    'sequenceDiagram',
    ...places.map((place) => `  participant ${id(place)} as ${safe(shortPlace(place))}`),
  ];
  for (const [at, hop] of walk.hops.entries()) {
    const row = rows[at];
    const before = walk.hops[at - 1];
    if (row === undefined) continue;
    if ((row.after === 'cable' || row.after === 'tunnel') && before !== undefined) {
      const arrow = hop.direction === 'there' ? '->>' : '-->>';
      lines.push(
        `  ${id(before.place)}${arrow}${id(hop.place)}: ${safe(`${before.out ?? ''} → ${hop.in ?? ''}`)}`,
      );
    }
    const isShown =
      row.isChanged || row.isDropped || before === undefined || row.after !== undefined;
    if (!isShown && row.notes.length === 0) continue;
    const { source, destination, ttl } = hop.leaves ?? hop.header;
    const text = [`${row.hook}: ${source} → ${destination}, ttl ${ttl}`, ...row.notes]
      .map(safe)
      .join('<br/>');
    lines.push(`  Note over ${id(hop.place)}: ${text}`);
  }
  const [first] = places;
  const end = endLines(walk, { ...options, columns: 1000 }).map((line) => safe(line.trim()));
  if (first !== undefined) lines.push(`  Note over ${id(first)}: ${end.join('<br/>')}`);
  return lines.join('\n');
}
