#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { createVoice } from './cli/context.ts';
import { report } from './cli/report.ts';
import { version } from './cli/version.ts';

process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  // A reader that has gone (`ctr ps | head`), or a terminal, is no error of ours.
  if (error.syscall === 'write' && (error.code === 'EPIPE' || error.code === 'EIO')) return;
  report(createVoice({}), error, true);
});

const [, , word, ...rest] = process.argv;
if (rest.length === 0 && (word === '--version' || word === '-V')) {
  writeSync(1, `${version}\n`);
} else {
  void import('./cli/run.ts')
    .then(({ run }) => run(process.argv))
    .then((code) => {
      process.exitCode = code;
    });
}
