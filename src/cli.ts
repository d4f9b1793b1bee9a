#!/usr/bin/env node
import { createContext } from './cli/context.ts';
import { closeInherited } from './cli/descriptors.ts';
import { report } from './cli/report.ts';
import { run } from './cli/run.ts';

process.on('uncaughtException', (error) => report(createContext({}), error, true));
process.stdout.on('error', closed);
process.stderr.on('error', closed);

/** A reader that has gone (`ctr ps | head`) is no error of ours. */
function closed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
}

closeInherited();
process.exitCode = await run(process.argv);
