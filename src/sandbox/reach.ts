import type { Context } from '../context.ts';
import { recover } from '../engine/recover.ts';
import { stateDirectory } from '../engine/state.ts';
import { CtrError, exitCodes } from '../errors.ts';
import type { ContainerStatus } from '../verbs/ps.ts';
import { globalWords } from './global-words.ts';
import { type StayingSandbox, stayingSandboxes } from './register.ts';
import { ask, visit } from './visit.ts';

function hostOf(context: Context, name: string): StayingSandbox | undefined {
  const [run] = name.split('/');
  return stayingSandboxes(context.stateDir).find((one) => one.name === run);
}

/** A verb about one run, wherever that run is: on this host or in a sandbox that stays for it. */
export async function reach(
  context: Context,
  verb: 'inspect' | 'logs' | 'check' | 'repair' | 'exec',
  name: string,
  command: readonly string[] = [],
): Promise<number> {
  const host = hostOf(context, name);
  if (host !== undefined) {
    const words = command.length === 0 ? [] : ['--', ...command];
    return await visit(context, host, [...globalWords(context), verb, name, ...words]);
  }
  switch (verb) {
    case 'inspect':
      return await (await import('../verbs/inspect.ts')).inspect(context, name);
    case 'logs':
      return await (await import('../verbs/logs.ts')).logs(context, name);
    case 'check':
      return await (await import('../verbs/check.ts')).check(context, name);
    case 'repair':
      return await (await import('../verbs/repair.ts')).repair(context, name);
    case 'exec':
      return await (await import('../verbs/exec.ts')).exec(context, name, command);
  }
}

/** A name, or the config whose run is meant. */
async function runName(name: string): Promise<string> {
  if (!name.includes('/') && !name.includes('.')) return name;
  const { loadConfig } = await import('../config/load.ts');
  return loadConfig(name).config.name;
}

export async function downAnywhere(
  context: Context,
  name: string | undefined,
  flags: { readonly all?: boolean },
): Promise<number> {
  if ((name === undefined) === (flags.all !== true)) {
    throw new CtrError(
      'down-what',
      exitCodes.usage,
      { en: 'name one run, or say --all', zh: '写一个运行的名字，或者用 --all' },
      { try: ['ctr ps', 'ctr down NAME', 'ctr down --all'] },
    );
  }
  const wanted = name === undefined ? undefined : await runName(name);
  const hosts = stayingSandboxes(context.stateDir);
  const concerned = hosts.filter((one) => wanted === undefined || one.name === wanted);
  for (const host of concerned) {
    const code = await visit(context, host, [...globalWords(context), 'down', host.name]);
    if (code !== exitCodes.done) return code;
  }
  if (wanted !== undefined && concerned.length > 0) return exitCodes.done;
  const { down } = await import('../verbs/down.ts');
  return await down(context, wanted, flags);
}

export async function psAnywhere(context: Context): Promise<number> {
  const elsewhere: ContainerStatus[] = [];
  for (const host of stayingSandboxes(context.stateDir)) {
    const text = await ask(context, host, ['--json', 'ps']);
    if (text !== '') elsewhere.push(...(JSON.parse(text) as ContainerStatus[]));
  }
  const { ps } = await import('../verbs/ps.ts');
  const { tellDamaged } = await import('../verbs/down.ts');
  const directory = stateDirectory(context.stateDir);
  const { damaged, remaining } = await recover(context.runner, directory, () => undefined);
  tellDamaged(context, damaged);
  return await ps(context, remaining, elsewhere);
}
