import { readFileSync } from 'node:fs';

/** What a learner types: a key, or a line of shell after `!`. */
export type Key = { readonly key: string } | { readonly line: string };

export interface Keys {
  /** Waits for the next key. @returns undefined when no more will come. */
  next(): Promise<Key | undefined>;
  /** Gives the terminal to another program until the promise is settled. */
  release<T>(use: () => Promise<T>): Promise<T>;
  close(): void;
}

/**
 * Keys from a file, for scripts, tests and projectors: each character is a key, but `!` takes the rest of its line as a
 * command, `#` starts a comment, and blanks and ends of lines are ignored.
 */
export function keysFrom(text: string): Keys {
  const keys = text.split('\n').flatMap((line): readonly Key[] => {
    const [, plain = '', shell] = /^([^!#]*)(?:!(.*)|#.*)?$/.exec(line) ?? [];
    const typed = [...plain].filter((one) => one.trim() !== '').map((key) => ({ key }));
    return shell === undefined ? typed : [...typed, { line: shell.trim() }];
  });
  return {
    next: async () => keys.shift(),
    release: async (use) => await use(),
    close: () => undefined,
  };
}

export function keysInFile(path: string): Keys {
  return keysFrom(readFileSync(path, 'utf8'));
}

const named: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\u0003': 'q',
  '\u0004': 'q',
  '\u001b[C': 'n',
  '\u001b[D': 'b',
  ' ': 'n',
};

/** Keys from the terminal, one at a time, without Enter. Ctrl-C and Ctrl-D quit; the arrows go on and back. */
export function keysOfTerminal(): Keys {
  const { stdin } = process;
  const typed: string[] = [];
  let wake = () => {};
  let ended = false;
  const take = (chunk: Buffer) => {
    const text = chunk.toString();
    if (named[text] !== undefined) typed.push(named[text]);
    else typed.push(...[...text].map((one) => named[one] ?? one));
    wake();
  };
  const end = () => {
    ended = true;
    wake();
  };
  const listen = () => {
    stdin.setRawMode?.(true);
    stdin.on('data', take);
    stdin.on('end', end);
    stdin.resume();
  };
  const leave = () => {
    stdin.off('data', take);
    stdin.off('end', end);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
  listen();
  return {
    async next() {
      while (typed.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const key = typed.shift();
      return key === undefined ? undefined : { key };
    },
    async release(use) {
      leave();
      try {
        return await use();
      } finally {
        listen();
      }
    },
    close() {
      end();
      leave();
    },
  };
}
