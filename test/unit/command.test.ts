import { describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import fc from 'fast-check';
import { cmd, fill, pidOf, shellLine } from '../../src/model/command.ts';

const word = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', ''));

describe('cmd', () => {
  test('every value becomes exactly one argument', () => {
    fc.assert(
      fc.property(word, word, (one, two) => {
        expect(cmd`ip link ${one} type ${two}`).toEqual(['ip', 'link', one, 'type', two]);
      }),
    );
  });
  test('a list by itself becomes its arguments, or none if it is empty', () => {
    expect(cmd`a ${['b', 'c d']} e ${[]}`).toEqual(['a', 'b', 'c d', 'e']);
  });
  test('text next to a value is part of the same argument', () => {
    expect(cmd`tee ${'/a b'}/etc/${'hosts'}`).toEqual(['tee', '/a b/etc/hosts']);
  });
  test('text around a slot stays around its pid', () => {
    const argv = cmd`umount /proc/${pidOf('web')}/root/dev`;
    expect(fill(argv, new Map([['web', 42]]))).toEqual(['umount', '/proc/42/root/dev']);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's, not ours
    expect(shellLine(argv)).toBe('umount "/proc/${web_pid}/root/dev"');
  });
});

test('a slot without a process is an error, never an empty argument', () => {
  expect(() => fill(cmd`kill ${pidOf('web')}`, new Map())).toThrow('web');
});

test('a shell parses a line to exactly its arguments', () => {
  const safe = fc.string({
    unit: fc.constantFrom(
      ...'ab \'"$`\\!*?~#&|;<>(){}[]\n\t=é网\u001b\u0007\r\u007f\u009b\u202e😀',
    ),
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.array(safe, { minLength: 1, maxLength: 5 }), (words) => {
      expect(shellLine(words)).not.toMatch(/[^\P{Cc}\n\t]|\p{Cf}/u);
      const script = `printf '%s\\0' ${shellLine(words)}`;
      const { stdout } = execaSync('sh', ['-c', script], { stripFinalNewline: false });
      expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 60 },
  );
});
