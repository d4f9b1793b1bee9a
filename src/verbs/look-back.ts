import { existsSync } from 'node:fs';
import { allProcesses, commandOf, namespaceOf, sleep } from '../exec/processes.ts';
import type { Problem } from '../model/errors.ts';
import type { Lab } from '../model/lab.ts';
import type { Plan } from '../model/plan.ts';
import { type Afterwards, lookBack } from '../run/check/look-back.ts';
import type { Context } from '../run/context.ts';
import { tellWarnings } from './voice.ts';

/** What configures interfaces by itself, and how it is told to leave ours alone. */
interface Manager {
  readonly name: string;
  /** Its program as /proc/PID/comm has it, cut at 15 bytes. */
  readonly command: string;
  /** There while it runs. */
  readonly trace: string;
  readonly exempt: (bridges: readonly string[]) => string;
}

function written(lines: readonly string[], file: string): string {
  return `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >${file}`;
}

const managers: readonly Manager[] = [
  {
    // systemd.network(5): the first file that matches an interface counts.
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

/** Those that run in this network. */
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
 * Reads the host once more after a run has come up, and says what of it does not hold any more.
 * @param isRunning whether a container still runs.
 * @returns whether something was found.
 */
export async function tellLookBack(
  context: Context,
  plan: Plan,
  warned: readonly Problem[],
  isRunning: (container: string) => boolean,
): Promise<boolean> {
  // That the host cannot be read is for the next verb to say: the run is up.
  const found = await lookBack(context.runner, plan, warned, isRunning).catch(() => undefined);
  if (found === undefined) return false;
  const problems = problemsOf(found, plan.lab);
  tellWarnings(context, problems);
  return problems.length > 0;
}

/** A manager of interfaces takes a moment until it acts. */
const momentMs = 150;

/** The same before `up -d` returns, and once more where somebody may be about to act. */
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
