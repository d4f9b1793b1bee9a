import type { Text } from '../model/text.ts';
import type { RecordedStep, Recording } from '../recording/recording.ts';
import { commandsOf, type Stop } from '../recording/stops.ts';
import { diffLines } from '../render/changes.ts';
import { columnsOf } from '../render/columns.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { wrap } from '../render/wrap.ts';
import { inspectLines } from './inspect.ts';
import { pictureLines, type ScreenOptions } from './picture.ts';
import { keyHelp, keyNames, originOf, positionOf, said, titleOf } from './words.ts';

/** The longest command that is shown whole; `e` shows all of it. */
const longCommand = 300;

/** What a replay prints. */
export interface Screen {
  /** The first lines: what was recorded, when and where. */
  intro(): readonly string[];
  stop(stop: Stop): readonly string[];
  inspect(stop: Stop): readonly string[];
  /** @param words what each word of a command means. */
  explain(stop: Stop, words: (line: string) => readonly string[]): readonly string[];
  graph(stop: Stop): readonly string[];
  keys(): string;
  help(): readonly string[];
}

export function screen(recording: Recording, { language, color, columns }: ScreenOptions): Screen {
  const { header } = recording;
  const width = Math.min(columns, 100) - 2;
  const say = (text: Text) => text[language];
  const style = (code: number) => (text: string) =>
    color && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  const [bold, dim, cyan, yellow] = [style(1), style(2), style(36), style(33)];
  const safe = escapeControls;
  const wrapped = (text: string, indent: number) =>
    wrap(text, width - indent).map((line) => ' '.repeat(indent) + safe(line));

  function head(stop: Stop): string {
    const parts = [
      say(said.recording),
      header.name,
      `${say(said.viewing)}${say(positionOf(stop, header.steps.length))}`,
      ...(stop.step?.chapter === undefined ? [] : [say(stop.step.chapter)]),
    ];
    return bold(safe(parts.join(' · ')));
  }

  function ranLines(stop: Stop): readonly string[] {
    return commandsOf(stop).flatMap(({ line, input = [] }) => {
      const cut = line.length > longCommand;
      const text = safe(cut ? `${line.slice(0, longCommand)} …` : line);
      return [cyan(`    ${text}`), ...input.map((row) => cyan(`      ${safe(row)}`))];
    });
  }

  function changedLines({ diff, kind }: Stop): readonly string[] {
    if (diff === undefined) {
      return kind === 'start' ? [] : ['', dim(`  ${say(said.unread)}`)];
    }
    const lines = diffLines(diff, language, width - 2);
    if (diff.changes.length === 0 && diff.missing.length === 0) {
      return ['', `  ${say(said.unchanged)}`, ...lines.map((line) => dim(`  ${safe(line)}`))];
    }
    return [
      '',
      ...lines.map((line) => {
        const shown = `  ${safe(line)}`;
        if (/^ {2}! /.test(line)) return yellow(shown);
        if (/^\S/.test(line)) return bold(shown);
        return /^ {6}/.test(line) ? dim(shown) : shown;
      }),
    ];
  }

  function failedLines({ failure }: Stop): readonly string[] {
    if (failure === undefined) return [];
    const words = failure.said.split('\n').map((line) => `    ${safe(line)}`);
    return ['', yellow(`  ${say(said.failed)}`), ...words];
  }

  function undoLines({ undone, kind }: Stop): readonly string[] {
    if (kind !== 'end' && undone.length === 0) return [];
    return undone.map(({ line, result, reason }) => {
      const because = reason === undefined ? '' : `   (${safe(reason)})`;
      return `    ${result === 'done' ? '↩' : result} ${safe(line)}${because}`;
    });
  }

  function undoOf(step: RecordedStep): readonly string[] {
    if (step.undo.length === 0)
      return [`  ${say(said.undoOf)}: ${safe(say(step.goes ?? said.noUndo))}`];
    return step.undo.map((line) => `  ${say(said.undoOf)}: ${safe(line)}`);
  }

  return {
    intro() {
      const steps = header.steps.length;
      return [
        bold(
          safe(
            `${say(said.recording)} · ${header.name} · ${{ en: `${steps} steps`, zh: `共 ${steps} 步` }[language]}`,
          ),
        ),
        ...wrapped(say(originOf(header)), 2).map(dim),
        ...(recording.cut ? wrapped(say(said.cut), 2).map(yellow) : []),
        dim(`  ${say(said.legend)}`),
      ];
    },
    stop(stop) {
      const { step, kind } = stop;
      const id = step === undefined ? '' : `   ${dim(step.id)}`;
      return [
        head(stop),
        `▸ ${bold(safe(say(titleOf(stop))))}${id}`,
        ...(step === undefined || kind === 'back' ? [] : wrapped(say(step.why), 2)),
        ...(kind === 'step' ? ranLines(stop) : []),
        ...undoLines(stop),
        ...failedLines(stop),
        ...changedLines(stop),
      ];
    },
    inspect({ state }) {
      if (state === undefined) return [`  ${say(said.unread)}`];
      return inspectLines(state, language);
    },
    explain(stop, words) {
      const { step } = stop;
      if (step === undefined) return [`  ${say(titleOf(stop))}`];
      return [
        `▸ ${bold(safe(say(step.title)))}   ${dim(step.id)}`,
        ...wrapped(say(step.why), 2),
        ...commandsOf(stop).flatMap(({ line, contents }) => [
          '',
          ...words(line).map((row) => `  ${row}`.trimEnd()),
          ...(contents ? [dim(`  ${say(said.contents)}`)] : []),
        ]),
        '',
        ...undoOf(step),
      ];
    },
    graph(stop) {
      return pictureLines(header, stop, { language, color, columns });
    },
    keys() {
      const all = keyNames.map(([key, does]) => `${key} ${say(does)}`);
      // One line: n, b, q and ? stay.
      while (columnsOf(all.join(' · ')) > width && all.length > 1) all.splice(-3, 1);
      return dim(all.join(' · '));
    },
    help() {
      const keys = keyHelp.map(([key, does]) => `  ${key}   ${say(does)}`);
      return [...keys, '', `  ${say(said.legend)}`];
    },
  };
}
