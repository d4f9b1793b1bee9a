import type { Answer } from './answer.ts';
import { firewall } from './firewall.ts';
import { ip } from './ip.ts';
import { mounts } from './mounts.ts';
import { packets } from './packets.ts';
import { processes } from './processes.ts';
import { rights } from './rights.ts';
import { shell } from './shell.ts';
import { sysctl } from './sysctl.ts';

/** The first that fits is the answer's; special ones stand before general ones. Names are used by tests only. */
export const answers = {
  ...ip,
  ...firewall,
  ...processes,
  ...mounts,
  ...rights,
  ...sysctl,
  ...packets,
  ...shell,
} satisfies Readonly<Record<string, Answer>>;

/** @returns the entry that explains this text, with its name. */
export function answerFor(text: string): readonly [name: string, answer: Answer] | undefined {
  return Object.entries<Answer>(answers).find(([, { shape }]) => shape.test(text));
}
