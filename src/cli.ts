#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { createVoice } from './cli/context.ts';
import { report } from './cli/report.ts';
import { ownWords, voiceFlags } from './cli/words.ts';
import { sayErrno } from './model/errno.ts';
import { CtrError, exitCodes } from './model/errors.ts';
import { release } from './model/release.ts';

/** What standard output has not taken: told once. */
let unwritten: CtrError | undefined;

process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  const voice = createVoice(voiceFlags(ownWords(process.argv.slice(2))));
  if (error.syscall !== 'write') {
    report(voice, error, true);
    return;
  }
  // A reader that has gone (`ctr ps | head`), or a terminal, is no error. A device that is full has lost
  // results; a run goes on to its end.
  if (error.code === 'EPIPE' || error.code === 'EIO' || unwritten !== undefined) return;
  const why = sayErrno(error);
  unwritten = new CtrError('cannot-write', exitCodes.notReady, {
    en: `cannot write to standard output: ${why.en}`,
    zh: `无法写到标准输出：${why.zh}`,
  });
  process.exitCode ||= report(voice, unwritten);
});

const [, , word, ...rest] = process.argv;
if (word === undefined && process.env.CNI_COMMAND !== undefined) {
  // An engine calls ctr as a CNI plugin: it passes no arguments (src/cni/).
  void import('./cni/main.ts')
    .then(({ runPlugin }) => runPlugin(process.env))
    .then((code) => {
      // Everything has been written: Node need not take its heap apart, which takes as long as an ip process.
      process.exit(code);
    });
} else if (rest.length === 0 && (word === '--version' || word === '-V')) {
  writeSync(1, `${release}\n`);
} else {
  void import('./cli/run.ts')
    .then(({ run }) => run(process.argv))
    .then((code) => {
      process.exitCode = code === exitCodes.done ? (unwritten?.exitCode ?? code) : code;
    });
}
