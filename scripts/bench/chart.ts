import type { ManyRow } from './run.ts';
import { wallOf } from './summary.ts';

interface Point {
  readonly count: number;
  readonly seconds: number;
}

interface Line {
  readonly id: string;
  readonly title: string;
  readonly points: readonly Point[];
}

/** Colours for light and dark backgrounds, and a mark, so that lines differ not only in colour. */
const looks: Readonly<Record<string, readonly [light: string, dark: string, mark: string]>> = {
  baseline: ['#4b5563', '#a8b0bd', 'square'],
  'ctr-one-by-one': ['#6d28d9', '#b9a2ff', 'diamond'],
  ctr: ['#0369a1', '#59c2f5', 'circle'],
  'ctr-fast': ['#1d4ed8', '#86aaff', 'circle'],
  podman: ['#a04508', '#f2a65a', 'triangle'],
  docker: ['#be123c', '#ff8aa0', 'triangle'],
  cni: ['#15703a', '#64d394', 'square'],
  mininet: ['#a21caf', '#ea97f3', 'diamond'],
};

const panel = { width: 330, height: 380, top: 64, left: 70, gap: 240 } as const;
const size = { width: panel.left + 2 * panel.width + 2 * panel.gap - 60, height: 510 } as const;

const logarithm = Math.log10;

function seconds(value: number): string {
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value} s`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

function mark(kind: string, x: number, y: number): string {
  const at = (dx: number, dy: number) => `${round(x + dx)} ${round(y + dy)}`;
  switch (kind) {
    case 'square':
      return `<path d="M${at(-4, -4)}H${round(x + 4)}V${round(y + 4)}H${round(x - 4)}z"/>`;
    case 'diamond':
      return `<path d="M${at(0, -5)}L${at(5, 0)}L${at(0, 5)}L${at(-5, 0)}z"/>`;
    case 'triangle':
      return `<path d="M${at(0, -5)}L${at(5, 4)}L${at(-5, 4)}z"/>`;
    default:
      return `<circle cx="${round(x)}" cy="${round(y)}" r="4.2"/>`;
  }
}

/** Moves labels apart so that they do not overlap. */
function spread(wanted: readonly number[], distance: number): readonly number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = [...wanted];
  for (let pass = 0; pass < 200; pass += 1) {
    let moved = false;
    for (let place = 1; place < order.length; place += 1) {
      const upper = order[place - 1] ?? 0;
      const lower = order[place] ?? 0;
      const overlap = distance - ((placed[lower] ?? 0) - (placed[upper] ?? 0));
      if (overlap <= 0.01) continue;
      placed[upper] = (placed[upper] ?? 0) - overlap / 2;
      placed[lower] = (placed[lower] ?? 0) + overlap / 2;
      moved = true;
    }
    if (!moved) break;
  }
  return placed;
}

function linesOf(rows: readonly ManyRow[], way: 'up' | 'down'): readonly Line[] {
  const titles = new Map(rows.map((row) => [row.id, row.title]));
  return [...titles].flatMap(([id, title]) => {
    const points = rows
      .filter((row) => row.id === id && row[way].length > 0)
      .map((row) => ({ count: row.count, seconds: wallOf(row[way]) / 1000 }))
      .sort((a, b) => a.count - b.count);
    return points.length === 0 ? [] : [{ id, title, points }];
  });
}

interface Scale {
  readonly counts: readonly number[];
  readonly decades: readonly number[];
  readonly x: (count: number) => number;
  readonly y: (seconds: number) => number;
}

function scaleOf(lines: readonly Line[]): Scale {
  const points = lines.flatMap((line) => line.points);
  const counts = [...new Set(points.map((one) => one.count))].sort((a, b) => a - b);
  const times = points.map((one) => one.seconds);
  const lowest = Math.floor(logarithm(Math.min(...times)));
  const highest = Math.max(lowest + 1, Math.ceil(logarithm(Math.max(...times))));
  const [first, last] = [logarithm(counts[0] ?? 1), logarithm(counts.at(-1) ?? 10)];
  const width = Math.max(last - first, 0.1);
  return {
    counts,
    decades: Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index),
    x: (count) => 16 + ((logarithm(count) - first) / width) * (panel.width - 32),
    y: (value) => panel.height * (1 - (logarithm(value) - lowest) / (highest - lowest)),
  };
}

function drawPanel(title: string, lines: readonly Line[], scale: Scale, left: number): string {
  const out = [`<g transform="translate(${left} ${panel.top})">`];
  out.push(`<text class="title" x="0" y="-18">${escaped(title)}</text>`);
  for (const decade of scale.decades) {
    const y = round(scale.y(10 ** decade));
    out.push(`<path class="grid" d="M0 ${y}H${panel.width}"/>`);
    out.push(`<text class="tick end" x="-10" y="${y}" dy="4">${seconds(10 ** decade)}</text>`);
  }
  for (const count of scale.counts) {
    const x = round(scale.x(count));
    out.push(`<path class="grid" d="M${x} 0V${panel.height}"/>`);
    out.push(`<text class="tick middle" x="${x}" y="${panel.height + 20}">${count}</text>`);
  }
  const middle = panel.width / 2;
  out.push(`<text class="tick middle" x="${middle}" y="${panel.height + 42}">containers</text>`);
  const ends = lines.map((line) => scale.y(line.points.at(-1)?.seconds ?? 1));
  const labels = spread(ends, 17);
  for (const [index, line] of lines.entries()) {
    const at = line.points.map((one) => [scale.x(one.count), scale.y(one.seconds)] as const);
    const path = at.map(([x, y]) => `${round(x)} ${round(y)}`).join('L');
    const [lastX = 0, lastY = 0] = at.at(-1) ?? [];
    const labelY = labels[index] ?? lastY;
    const labelX = panel.width + 14;
    const kind = looks[line.id]?.[2] ?? 'circle';
    out.push(`<g class="line ${line.id}"><path class="curve" d="M${path}"/>`);
    out.push(...at.map(([x, y]) => mark(kind, x, y)));
    out.push(
      `<path class="leader" d="M${round(lastX + 6)} ${round(lastY)}L${labelX - 3} ${round(labelY)}"/>`,
      `<text x="${labelX}" y="${round(labelY)}" dy="4">${escaped(line.title)}</text></g>`,
    );
  }
  out.push('</g>');
  return out.join('\n');
}

function style(): string {
  const colours = (which: 0 | 1) =>
    Object.entries(looks)
      .map(([id, look]) => `.${id}{color:${look[which]}}`)
      .join('');
  return `
svg{font:13px system-ui,"Segoe UI",Helvetica,Arial,sans-serif}
.ground{fill:#fff}.title{font-size:15px;font-weight:600;fill:#1f2328}.tick{fill:#59636e}
.grid{stroke:#d8dee4;fill:none}${colours(0)}
.line{fill:currentColor}.curve{fill:none;stroke:currentColor;stroke-width:1.8}
.leader{fill:none;stroke:currentColor;stroke-width:.8;opacity:.6}
.ctr-fast .curve,.ctr .curve{stroke-width:3}.ctr-fast text,.ctr text{font-weight:600}
.end{text-anchor:end}.middle{text-anchor:middle}
@media (prefers-color-scheme:dark){.ground{fill:#0d1117}.title{fill:#f0f6fc}.tick{fill:#9198a1}
.grid{stroke:#2d343c}${colours(1)}}`;
}

/** Charts the times for up and down over the number of containers, with logarithmic axes. */
export function chart(rows: readonly ManyRow[]): string {
  const up = linesOf(rows, 'up');
  const down = linesOf(rows, 'down');
  const scale = scaleOf([...up, ...down]);
  const second = panel.left + panel.width + panel.gap;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img">`,
    '<title>Time to bring containers up and down, against their number</title>',
    `<style>${style()}</style>`,
    `<rect class="ground" width="${size.width}" height="${size.height}" rx="8"/>`,
    drawPanel('All of them up', up, scale, panel.left),
    drawPanel('All of them down', down, scale, second),
    '</svg>',
    '',
  ].join('\n');
}
