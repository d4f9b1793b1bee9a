import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sayErrno } from '../../src/model/errno.ts';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('an error of the system is described in both languages, without file name and call', () => {
  const cases: readonly [() => unknown, string, string][] = [
    [() => readFileSync('/nowhere'), 'no such file or directory', '没有那个文件或目录'],
    [() => readFileSync('/'), 'it is a directory', '它是一个目录'],
    [
      () => readdirSync('/dev/null'),
      'a part of the path is not a directory',
      '路径中有一部分不是目录',
    ],
    [() => writeFileSync('/dev/full', 'x'), 'no space left on the device', '设备上没有剩余空间'],
  ];
  for (const [act, en, zh] of cases) expect(sayErrno(thrownBy(act))).toEqual({ en, zh });
});

test('an error without a description is reported by its name', () => {
  const error = Object.assign(new Error('EWEIRD: odd, open /x'), { code: 'EWEIRD' });
  expect(sayErrno(error)).toEqual({ en: 'the system says EWEIRD', zh: '系统返回 EWEIRD' });
});

test('an exception without a code is reported by its message', () => {
  expect(sayErrno(new Error('bad facts')).en).toBe('bad facts');
});
