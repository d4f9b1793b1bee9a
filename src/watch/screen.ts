import type { Interrupt } from '../exec/interrupt.ts';

/** A window that one screen after another is drawn on, and the keys that end it. */
export interface Window {
  readonly draw: (rows: readonly string[]) => void;
  /** Resolves when q or Ctrl-C is pressed. */
  readonly left: Promise<void>;
  /** Resolves at the next change of the window's size. */
  readonly resized: () => Promise<void>;
  readonly close: () => void;
}

/** Control sequences of xterm: the second screen, home, and clearing to the end of the line or of the screen. */
const second = { enter: '\u001b[?1049h\u001b[?25l', leave: '\u001b[?25h\u001b[?1049l' };
const home = '\u001b[H';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

/** q, Ctrl-C and Ctrl-D, as a terminal in raw mode sends them. */
const ending = new Set(['q', 'Q', '\u0003', '\u0004']);

/** Takes the terminal. The text that was on it comes back at the end. */
export function openWindow(interrupt: Interrupt): Window {
  const { stdin, stdout } = process;
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  let size = () => {};
  const press = (keys: Buffer) => {
    if ([...keys.toString('latin1')].some((key) => ending.has(key))) leave();
  };
  const resize = () => size();
  interrupt.whenHeard(leave);
  stdout.write(second.enter);
  stdout.on('resize', resize);
  stdin.setRawMode(true);
  stdin.on('data', press);
  stdin.resume();
  return {
    draw(rows) {
      stdout.write(`${home}${rows.map((row) => `${row}${clearLine}`).join('\r\n')}${clearBelow}`);
    },
    left,
    resized: () =>
      new Promise((resolve) => {
        size = resolve;
      }),
    close() {
      stdout.off('resize', resize);
      stdin.off('data', press);
      stdin.setRawMode(false);
      stdin.pause();
      stdout.write(second.leave);
    },
  };
}
