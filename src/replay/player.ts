import type { Stop } from '../recording/stops.ts';

/** What a key asks for. */
export type Act = 'next' | 'back' | 'inspect' | 'explain' | 'graph' | 'rest' | 'quit' | 'help';

const acts: Readonly<Record<string, Act>> = {
  n: 'next',
  ' ': 'next',
  '\r': 'next',
  '\n': 'next',
  '\u001b[C': 'next',
  b: 'back',
  '\u001b[D': 'back',
  i: 'inspect',
  e: 'explain',
  g: 'graph',
  r: 'rest',
  q: 'quit',
  '\u0003': 'quit',
  '\u0004': 'quit',
  '?': 'help',
};

/** The keys of a file for --keys: blanks and lines that begin with # are for people. */
export function keysOf(
  text: string,
): readonly { readonly key: string; readonly act: Act | undefined }[] {
  const letters = text.split('\n').filter((line) => !line.startsWith('#'));
  return [...letters.join('').replaceAll(/\s/g, '')].map((key) => ({ key, act: acts[key] }));
}

/** What was typed: a key alone, or several of them at once, arrows among them. */
export function actsOf(typed: string): readonly Act[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: arrows are escape sequences
  const keys = typed.match(/\u001b\[[A-Z]|[\s\S]/g) ?? [];
  return keys.flatMap((key) => acts[key] ?? []);
}

/** What a viewer sees next. */
export type View =
  | { readonly show: 'stop'; readonly at: number; readonly back?: true }
  | { readonly show: 'inspect' | 'explain' | 'graph' | 'help' | 'first' | 'last' | 'quit' };

/** Moves through the stops. @returns where the viewer is, and what to show. */
export function move(
  stops: readonly Stop[],
  at: number,
  act: Act,
): { readonly at: number; readonly views: readonly View[] } {
  switch (act) {
    case 'next':
      if (at + 1 >= stops.length) return { at, views: [{ show: 'last' }] };
      return { at: at + 1, views: [{ show: 'stop', at: at + 1 }] };
    case 'back':
      if (at <= 0) return { at, views: [{ show: 'first' }] };
      return { at: at - 1, views: [{ show: 'stop', at: at - 1, back: true }] };
    case 'rest': {
      const rest = stops.flatMap((_, index): readonly View[] =>
        index > at ? [{ show: 'stop', at: index }] : [],
      );
      return { at: Math.max(at, stops.length - 1), views: [...rest, { show: 'last' }] };
    }
    default:
      return { at, views: [{ show: act }] };
  }
}
