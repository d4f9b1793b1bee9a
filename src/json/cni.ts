import * as z from 'zod/mini';
import { version } from './common.ts';

export const cniInstall = z.strictObject({
  version,
  plugin: z.string().check(z.describe('path of the wrapper that engines call')),
  network: z.string().check(z.describe('path of the network configuration list')),
});

export const cniRemove = z.strictObject({ version, removed: z.array(z.string()) });

export const cniExample = z.strictObject({ version, files: z.array(z.string()) });

export const cniLog = z.strictObject({
  version,
  lines: z.array(
    z.strictObject({
      at: z.string().check(z.describe('ISO 8601')),
      command: z.string().check(z.describe('what the engine asked: ADD, DEL, …')),
      container: z.string(),
      ifname: z.string(),
      network: z.string(),
      ran: z.optional(z.string().check(z.describe('a command, as a shell takes it'))),
      why: z.optional(z.string()),
      result: z.string(),
    }),
  ),
});
