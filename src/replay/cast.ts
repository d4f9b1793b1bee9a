import type { Language } from '../model/text.ts';
import type { Recording } from '../recording/recording.ts';
import type { Stop } from '../recording/stops.ts';
import { columnsOf } from '../render/columns.ts';
import type { ScreenOptions } from './picture.ts';
import { type Screen, screen } from './screen.ts';
import { titleOf } from './words.ts';

const columns = 90;
/** As many rows as the longest stop needs, within these limits. */
const rows = { least: 24, most: 50 };

/** Seconds for which a stop is shown, unless the user says so. */
const defaultPace = 6;

/** Seconds between the parts of a stop: its title, then the rest. */
const partSeconds = 1;

function rowsOf(lines: readonly string[]): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of the screen itself
  const plain = (line: string) => line.replaceAll(/\u001b\[\d+m/g, '');
  return lines.reduce(
    (sum, line) => sum + Math.max(1, Math.ceil(columnsOf(plain(line)) / columns)),
    0,
  );
}

/**
 * A replay for asciinema (asciicast v2): a header, then one event a line: seconds, its kind, its text. `m` is a marker,
 * at which a player can stop. https://docs.asciinema.org/manual/asciicast/v2/
 */
export function cast(
  recording: Recording,
  stops: readonly Stop[],
  language: Language,
  pace = defaultPace,
): string {
  const options: ScreenOptions = { language, color: true, columns };
  const view: Screen = screen(recording, options);
  const pages = stops.map((stop) => view.stop(stop));
  const longest = Math.max(rows.least, ...pages.map(rowsOf)) + 1;
  const header = {
    version: 2,
    width: columns,
    height: Math.min(rows.most, longest),
    timestamp: Math.floor(Date.parse(recording.header.made) / 1000),
    title: `ctr: ${recording.header.name}`,
    env: { TERM: 'xterm-256color' },
  };
  const events: (readonly [seconds: number, kind: 'o' | 'm', text: string])[] = [];
  const write = (seconds: number, lines: readonly string[]) => {
    events.push([seconds, 'o', lines.map((line) => `${line}\r\n`).join('')]);
  };
  write(0, view.intro());
  for (const [index, stop] of stops.entries()) {
    const seconds = (index + 1) * pace;
    const [first = '', second = '', ...rest] = pages[index] ?? [];
    const marker =
      stop.step === undefined ? titleOf(stop)[language] : `${stop.number + 1} ${stop.step.id}`;
    events.push([seconds, 'm', marker], [seconds, 'o', '\u001b[2J\u001b[H']);
    write(seconds, [first, second]);
    write(seconds + Math.min(partSeconds, pace / 3), rest);
  }
  write((stops.length + 1) * pace, []);
  return [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join('');
}
