import type { Language, Text } from '../model/text.ts';
import { textWidth } from './geometry.ts';
import type { Layout } from './layout.ts';
import { path, text } from './svg-shapes.ts';
import type { DeviceState, Topology } from './topology.ts';
import { stateSymbols, states, statusSymbols, statusWords, words } from './words.ts';

export function legend(topology: Topology, layout: Layout, language: Language): string {
  const say = (one: Text) => one[language];
  const present = new Set(topology.devices.map(({ state }) => state));
  const symbols = (
    ['up', 'down', 'no-carrier', 'lower-down'] as const satisfies readonly DeviceState[]
  )
    .filter((state) => present.has(state))
    .map((state) => ({
      symbol: stateSymbols[state],
      classes: state as string,
      words: say(states[state]),
    }));
  let x = 24;
  const y = layout.height - 14;
  const parts: string[] = [];
  if (topology.cables.length > 0) {
    parts.push(
      path(
        [
          { x, y: y - 4 },
          { x: x + 26, y: y - 4 },
        ],
        'cable',
      ),
    );
    parts.push(text({ x: x + 34, y }, say(words.pair), 'small dim'));
    x += 34 + textWidth(say(words.pair), 'small') + 24;
  }
  for (const { symbol, classes, words: said } of symbols) {
    parts.push(text({ x, y }, symbol, classes));
    parts.push(text({ x: x + 14, y }, said, 'small dim'));
    x += 14 + textWidth(said, 'small') + 22;
  }
  return parts.join('');
}

/** What the symbols of a comparison mean, at the right of the heading. */
export function marksLegend(layout: Layout, language: Language): string {
  let x = layout.width - 24;
  const parts = (['gone', 'changed', 'new'] as const).map((status) => {
    const said = statusWords[status][language];
    const symbol = statusSymbols[status].replace('-', '\u2212');
    x -= textWidth(said, 'small') + 14;
    const part =
      text({ x, y: 30 }, symbol, `strong mark-${status}`) +
      text({ x: x + 14, y: 30 }, said, 'small dim');
    x -= 20;
    return part;
  });
  return parts.reverse().join('');
}
