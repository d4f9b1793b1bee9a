import { expect, test } from '@jest/globals';
import { signalOf } from '../../../src/exec/control-keys.ts';

/** The output of stty(1). */
const settings = (change: (text: string) => string = (text) => text) =>
  change(`speed 38400 baud; rows 40; columns 100; line = 0;
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
`);

test('Ctrl-C and Ctrl-\\ are signals, other keys are not', () => {
  expect(signalOf('\x03', settings())).toBe('SIGINT');
  expect(signalOf('abc\x03', settings())).toBe('SIGINT');
  expect(signalOf('\x1c', settings())).toBe('SIGQUIT');
  for (const keys of ['\x04', '\x1a', 'c', '^C'])
    expect(signalOf(keys, settings())).toBeUndefined();
});

test('if a program reads raw keys, Ctrl-C is a key', () => {
  const raw = settings((text) => text.replace('isig', '-isig'));
  expect(signalOf('\x03', raw)).toBeUndefined();
});

test('the terminal’s settings determine the key', () => {
  const other = settings((text) => text.replace('intr = ^C', 'intr = ^X'));
  expect(signalOf('\x03', other)).toBeUndefined();
  expect(signalOf('\x18', other)).toBe('SIGINT');
  const none = settings((text) => text.replace('intr = ^C', 'intr = <undef>'));
  expect(signalOf('\x03', none)).toBeUndefined();
});
