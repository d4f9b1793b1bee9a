import type { Argv } from '../command.ts';
import { rulesLike } from '../facts/firewall.ts';
import type { LinkFact } from '../facts/index.ts';
import { readSysctl } from '../facts/sysctls.ts';

import type { Seen } from './observe.ts';

/** The word that follows another one. */
function after(words: readonly string[], key: string): string {
  return words[words.indexOf(key) + 1] ?? '';
}

function linkHas(link: LinkFact | undefined, words: readonly string[]): boolean | undefined {
  if (link === undefined) return false;
  if (words.includes('master')) return link.master === after(words, 'master');
  // The kernel makes the MTU of a bridge that of its ports.
  if (words.includes('mtu')) return link.up;
  if (words.includes('address')) return link.mac === after(words, 'address');
  if (words.includes('altname')) return link.altnames.includes(after(words, 'altname'));
  return words.at(-1) === 'up' ? link.up : undefined;
}

/** Whether a command would throw the switch of an interface that is gone. */
export function lacksSwitch(argv: Argv): boolean {
  const [key = ''] = String(argv.at(-1)).split('=');
  return argv[0] === 'sysctl' && readSysctl(key) === undefined;
}

/**
 * Whether the kernel has what a command of a plan makes, as far as networks go.
 * @returns undefined when the command makes something else.
 */
export function holds(argv: Argv, seen: Seen): boolean | undefined {
  const [, , target] = argv;
  const container =
    argv[0] === 'nsenter' && argv[3] === '--net' && typeof target === 'object'
      ? target.pidOf
      : undefined;
  const words = argv.slice(container === undefined ? 0 : 4);
  const netns = words.find((word) => typeof word === 'object');
  const plain = words.map((word) => (typeof word === 'string' ? word : ''));
  const inside = container === undefined ? undefined : seen.inside.get(container);
  const links = container === undefined ? seen.marks.links : (inside?.links ?? []);
  const [program, object, verb] = plain;
  if (program === 'sysctl') {
    const [key = '', value] = (plain.at(-1) ?? '').split('=');
    return readSysctl(key) === value;
  }
  if (program === 'iptables') return rulesLike(seen.marks.rules, plain).length > 0;
  if (program !== 'ip') return undefined;
  const named = (name: string) => links.find((link) => link.name === name);
  if (object === 'route') {
    const via = after(plain, 'via');
    return inside?.routes.some(({ to, gateway }) => to === plain[3] && gateway === via) === true;
  }
  if (object === 'addr') {
    return named(after(plain, 'dev'))?.addresses.includes(plain[3] ?? '') === true;
  }
  if (object !== 'link') return undefined;
  if (verb === 'add') return named(after(plain, 'name')) !== undefined;
  if (netns !== undefined && typeof netns === 'object') {
    const arrived = seen.inside.get(netns.pidOf)?.links ?? [];
    return arrived.some(({ name }) => name === after(plain, 'name'));
  }
  return linkHas(named(after(plain, 'dev')), plain);
}
