import type { Walk } from '../trace/walk.ts';
import { escapeControls } from './escape-controls.ts';
import { type WalkOptions, walkRows } from './walk.ts';
import { endLines } from './walk-end.ts';
import { walkWords } from './walk-words.ts';

function escaped(text: string): string {
  return escapeControls(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #222; background: #fff; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .6rem; vertical-align: top; }
th { border-bottom: 2px solid #888; }
td { border-bottom: 1px solid #ddd; }
td.ttl, td.number { text-align: right; }
tr.changed td { font-weight: 600; background: #fff6d6; }
tr.dropped td { font-weight: 600; background: #ffe0e0; }
tr.between td { background: #eee; text-align: center; }
.note { color: #555; font-weight: 400; font-size: .9em; }
pre { white-space: pre-wrap; }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #181818; } td { border-color: #333; } .note { color: #aaa; }
  tr.changed td { background: #3a3310; } tr.dropped td { background: #471818; } tr.between td { background: #2a2a2a; }
}`;

/**
 * The walk as a page of one file that loads nothing and runs nothing (CSP3). Pure.
 * @param verdict lines below the table.
 */
export function walkHtml(
  walk: Walk,
  title: string,
  verdict: readonly string[],
  given: WalkOptions,
): string {
  const options = { ...given, color: false };
  const { language } = options;
  const cell = (text: string, kind = '') =>
    `<td${kind === '' ? '' : ` class="${kind}"`}>${text}</td>`;
  const rows = walkRows(walk, options).flatMap((row, at) => {
    const { after, where, hook, addresses, ttl, isChanged, isDropped, notes } = row;
    const between =
      after === undefined
        ? []
        : [`<tr class="between"><td colspan="5">${escaped(walkWords[after][language])}</td></tr>`];
    const kind = isDropped ? 'dropped' : isChanged ? 'changed' : '';
    const below = notes.map((note) => `<div class="note">${escaped(note)}</div>`).join('');
    const cells = [
      cell(String(at + 1), 'number'),
      cell(escaped(where)),
      cell(escaped(hook)),
      cell(`${escaped(addresses)}${below}`),
      cell(escaped(ttl.trim()), 'ttl'),
    ];
    return [...between, `<tr${kind === '' ? '' : ` class="${kind}"`}>${cells.join('')}</tr>`];
  });
  const heads = (['where', 'hook', 'addresses', 'ttl'] as const).map(
    (one) => `<th scope="col">${escaped(walkWords[one][language])}</th>`,
  );
  const end = [...endLines(walk, options), ...verdict].map(escaped).join('\n');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<table>
<thead><tr><th scope="col">#</th>${heads.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<pre>${end}</pre>
</body>
</html>`;
}
