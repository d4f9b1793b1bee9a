import { existsSync } from 'node:fs';
import { allProcesses, commandOf, namespaceOf, sleep } from '../exec/processes.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
import type { Plan } from '../model/plan.ts';
import { type Afterwards, lookBack } from '../run/check/look-back.ts';
import type { Context } from '../run/context.ts';
import { tellWarnings } from './voice.ts';

/** A program that configures interfaces by itself, and how to exempt ctr's. */
interface Manager {
  readonly name: string;
  /** The program's name as in /proc/PID/comm, cut to 15 bytes. */
  readonly command: string;
  /** A path that exists while the program runs. */
  readonly trace: string;
  readonly exempt: (bridges: readonly string[]) => string;
}

function written(lines: readonly string[], file: string): string {
  return `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >${file}`;
}

const managers: readonly Manager[] = [
  {
    // systemd.network(5): the first matching file applies.
    name: 'systemd-networkd',
    command: 'systemd-network',
    trace: '/run/systemd/netif',
    exempt: (bridges) =>
      `${written(
        ['[Match]', `Name=veth* ${bridges.join(' ')}`, '[Link]', 'Unmanaged=yes'],
        '/etc/systemd/network/05-ctr.network',
      )}; networkctl reload`,
  },
  {
    // NetworkManager.conf(5), section keyfile.
    name: 'NetworkManager',
    command: 'NetworkManager',
    trace: '/run/NetworkManager',
    exempt: (bridges) => {
      const names = ['veth*', ...bridges].map((name) => `interface-name:${name}`);
      const lines = ['[keyfile]', `unmanaged-devices=${names.join(';')}`];
      return `${written(lines, '/etc/NetworkManager/conf.d/05-ctr.conf')}; systemctl reload NetworkManager`;
    },
  },
  {
    // dhcpcd.conf(5).
    name: 'dhcpcd',
    command: 'dhcpcd',
    trace: '/run/dhcpcd',
    exempt: (bridges) =>
      `echo 'denyinterfaces veth* ${bridges.join(' ')}' >>/etc/dhcpcd.conf; systemctl restart dhcpcd`,
  },
];

/** The managers that run in this network namespace. */
function managersHere(): readonly Manager[] {
  const here = namespaceOf('self');
  const commands = new Set(
    [...allProcesses()].flatMap(({ pid }) =>
      namespaceOf(pid) === here ? (commandOf(pid) ?? []) : [],
    ),
  );
  return managers.filter(({ command }) => commands.has(command));
}

function problemsOf({ undone, lost }: Afterwards, lab: Lab): readonly Problem[] {
  const changed = undone.map(({ where, what, found }): Problem => {
    const now = found === undefined ? '' : `   (${found})`;
    return {
      code: 'W140',
      place: where,
      message: { en: `no longer true: ${what.en}${now}`, zh: `已不再成立：${what.zh}${now}` },
    };
  });
  if (changed.length === 0) return lost;
  const bridges = [...new Set(lab.networks.map(({ bridge }) => bridge))];
  const suspects = managersHere().map(({ name, exempt }): Problem => {
    const line = `${exempt(bridges)}; ctr repair ${lab.name}`;
    return {
      code: 'W141',
      place: name,
      message: {
        en: 'it configures network interfaces on this host, and has probably changed those of ctr',
        zh: '它在本机上配置网络接口，很可能也改动了 ctr 的接口',
      },
      fix: { en: line, zh: line },
    };
  });
  return [...changed, ...suspects, ...lost];
}

/**
 * Reads the host once more after a run has come up, and warns about what no longer matches the plan.
 * @param isRunning whether a container still runs.
 * @returns whether there was something to warn about.
 */
export async function tellLookBack(
  context: Context,
  plan: Plan,
  warned: readonly Problem[],
  isRunning: (container: string) => boolean,
): Promise<boolean> {
  // An unreadable host is no error here: the run is up, and the next verb will report it.
  const found = await lookBack(context.runner, plan, warned, isRunning).catch(() => undefined);
  if (found === undefined) return false;
  const problems = problemsOf(found, plan.lab);
  tellWarnings(context, problems);
  return problems.length > 0;
}

/** Milliseconds for a manager to react to new interfaces. */
const momentMs = 150;

/** Looks back before `up -d` returns, and a second time if a manager may still react. */
export async function tellLookBackTwice(
  context: Context,
  plan: Plan,
  warned: readonly Problem[],
  isRunning: (container: string) => boolean,
): Promise<void> {
  if (await tellLookBack(context, plan, warned, isRunning)) return;
  if (!managers.some(({ trace }) => existsSync(trace))) return;
  await sleep(momentMs);
  await tellLookBack(context, plan, warned, isRunning);
}
