#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { createVoice } from './cli/context.ts';
import { report } from './cli/report.ts';
import { version } from './cli/version.ts';
import { sayErrno } from './errno.ts';
import { CtrError, exitCodes } from './errors.ts';

let unwritten: CtrError | undefined;

process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.syscall !== 'write') {
    report(createVoice({}), error, true);
    return;
  }
  // A reader that has gone (`ctr ps | head`), or a terminal, is no error of ours. Of a device that
  // is full it is told once: what is told may be lost on it too, and a run goes on to its end.
  if (error.code === 'EPIPE' || error.code === 'EIO' || unwritten !== undefined) return;
  const why = sayErrno(error);
  unwritten = new CtrError('cannot-write', exitCodes.notReady, {
    en: `cannot write: ${why.en}`,
    zh: `无法写出：${why.zh}`,
  });
  process.exitCode ||= report(createVoice({}), unwritten);
});

const [, , word, ...rest] = process.argv;
if (rest.length === 0 && (word === '--version' || word === '-V')) {
  writeSync(1, `${version}\n`);
} else {
  void import('./cli/run.ts')
    .then(({ run }) => run(process.argv))
    .then((code) => {
      process.exitCode = code === exitCodes.done ? (unwritten?.exitCode ?? code) : code;
    });
}
