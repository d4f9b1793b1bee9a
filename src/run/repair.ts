import { isAlive } from '../exec/processes.ts';
import type { Outcome, Runner } from '../exec/runner.ts';
import type { Facts, HostView } from '../facts/index.ts';
import { readHostView } from '../facts/view.ts';
import { type Argv, cmd, fill, fillInput, shellLine } from '../model/command.ts';
import type { Attachment, Lab } from '../model/lab.ts';
import { groupOf, isOurGroup } from '../model/names.ts';
import { completeTables } from '../model/nft.ts';
import { type Resource, sharedAs } from '../model/resource.ts';
import { type Command, madeBy } from '../model/step.ts';
import { planOf } from '../plan.ts';
import { settle } from '../resolve/lab.ts';
import { holds } from '../resources/index.ts';
import { removableOf } from '../resources/removable-of.ts';
import type { StateDirectory } from '../state/directory.ts';
import type { RunState } from '../state/record.ts';
import { allRuns, childrenOf, heldBy } from '../state/runs.ts';
import { hasIpv6 } from '../steps/ipv6.ts';
import { rulesOfEither } from '../steps/rules-of.ts';
import type { NetworkStep } from '../steps/scope.ts';
import { bridgeSteps, lacking, newResources, waySteps } from './lacking.ts';
import { observe, type Seen } from './observe.ts';
import { puttingFirst } from './put-first.ts';

/**
 * The facts as the first of several sharing runs would have seen them. The plan made from them includes what another
 * run made, since this run, too, has to remove it.
 */
function asIfFirst(facts: Facts): Facts {
  const held = Object.values(facts.shared).flatMap((one) =>
    one.kind === 'sysctl' ? [[one.key, one.before] as const] : [],
  );
  return {
    ...facts,
    links: facts.links.filter(({ group }) => !isOurGroup(group)),
    sysctls: { ...facts.sysctls, ...Object.fromEntries(held) },
    firewall: { ...facts.firewall, ours: [] },
    ...(facts.ipv6 === undefined ? {} : { ipv6: { ...facts.ipv6, ours: [], tables: [] } }),
    shared: {},
  };
}

function keyOf(resource: Resource): string {
  return sharedAs(resource) ?? JSON.stringify(resource);
}

/** The commands of the run's plan, in order, whose resources are all recorded. */
export function commandsOf(state: RunState): {
  readonly lab: Lab;
  readonly commands: readonly Command[];
} {
  const { lab } = settle(state.config, state.facts);
  const recorded = new Set(state.resources.map(keyOf));
  const { steps } = planOf(lab, asIfFirst(state.facts));
  const commands = steps
    .filter((step) => step.commands.flatMap(removableOf).every((one) => recorded.has(keyOf(one))))
    .flatMap((step) => step.commands);
  return { lab, commands };
}

/**
 * Commands that remove the remaining end of a broken or renamed veth pair, so that the plan can create the pair again.
 */
function halves(
  attachments: readonly Attachment[],
  run: string,
  { marks, inside }: Seen,
  pids: ReadonlyMap<string, number>,
): readonly (readonly string[])[] {
  const names = new Set(marks.links.map(({ name }) => name));
  const planned = new Set(attachments.flatMap(({ outer, inner }) => [outer, inner]));
  const renamed = marks.links.filter(
    ({ name, group }) => group === groupOf(run) && !planned.has(name),
  );
  const lone = attachments.flatMap(({ outer, inner, container, device }) => {
    const pid = pids.get(container);
    if (pid === undefined) return [];
    const arrived = inside.get(container)?.links.some(({ name }) => name === device) === true;
    if (names.has(outer) && !names.has(inner) && !arrived) {
      return [['ip', 'link', 'del', 'dev', outer]];
    }
    if (names.has(outer) || !arrived) return [];
    return [['nsenter', '--target', String(pid), '--net', 'ip', 'link', 'del', 'dev', device]];
  });
  // Deleting a renamed end deletes its peer as well.
  return renamed.length > 0 ? renamed.map(({ name }) => ['ip', 'link', 'del', 'dev', name]) : lone;
}

/** Whether the kernel lacks something that a command makes, or has it with another value. */
export function isDamaged(command: Command, { marks, inside }: Seen, run: string): boolean {
  const asker = { group: groupOf(run), goes: () => false };
  return madeBy(command).some((one) => holds(one, { ...marks, inside }, asker) === false);
}

/** The command again, or for tables of nft(8) what is missing of them: a table that is there cannot be made anew. */
function repairOf(command: Command, { marks, inside }: Seen, run: string): Command {
  const asker = { group: groupOf(run), goes: () => false };
  const isThere = (one: Resource) => holds(one, { ...marks, inside }, asker) !== false;
  const tables = command.makes.some((one) => one.kind === 'nft-table' && isThere(one));
  return tables ? (completeTables(command.makes, isThere) ?? command) : command;
}

/** A failed repair command. */
export interface NotRepaired {
  readonly line: string;
  readonly outcome: Outcome;
}

/**
 * Commands that re-create missing subnet routes. The kernel makes such a route when the bridge gets its address, and
 * does not make it again (ip-address(8)). Only for ctr's bridges, whose removal also removes the route; on a foreign
 * bridge it would stay.
 */
function subnetRoutes(lab: Lab, host: HostView): readonly Argv[] {
  return lab.networks
    .filter(({ bridge, subnet, gateway, prefix }) => {
      const link = host.links.find(({ name }) => name === bridge);
      if (link === undefined || !isOurGroup(link.group)) return false;
      const addressed = link.up && link.addresses.includes(`${gateway}/${prefix}`);
      return addressed && !host.routes.some(({ to, dev }) => to === subnet && dev === bridge);
    })
    .map(
      ({ bridge, subnet, gateway }) =>
        cmd`ip route replace ${subnet} proto kernel scope link src ${gateway} dev ${bridge}`,
    );
}

/**
 * Re-applies what has drifted from the run's plan, and what the host has come to need since. Records each new resource
 * before it runs the command. The caller holds the global lock.
 * @param tell called with each command before it runs, and the lines that it reads.
 * @returns the first command that failed.
 */
export async function repairRun(
  runner: Runner,
  directory: StateDirectory,
  state: RunState,
  hold: number,
  tell: (line: string, input?: readonly string[]) => void,
): Promise<NotRepaired | undefined> {
  const { lab, commands } = commandsOf(state);
  let { resources } = state;
  const look = async () => await readHostView(runner, hasIpv6(lab));
  const children = childrenOf(directory, state.name);
  const alive = [...children].filter(([, { pid, start }]) => isAlive(pid, start));
  const pids = new Map(alive.map(([name, { pid }]) => [name, pid]));
  const attachments = lab.containers.flatMap((one) => one.attachments);
  const run = async (argv: readonly string[], lines?: Command['input']) => {
    const line = shellLine(argv);
    const text = lines === undefined ? undefined : fillInput(lines, pids);
    tell(line, text?.trimEnd().split('\n'));
    const input = text === undefined ? {} : { input: text };
    const outcome = await runner.run(argv, { hold, ...input });
    return outcome.ok ? undefined : { line, outcome };
  };
  let seen = await observe(runner, children, resources);
  for (;;) {
    const [remains] = halves(attachments, state.name, seen, pids);
    if (remains === undefined) break;
    const failed = await run(remains);
    if (failed !== undefined) return failed;
    seen = await observe(runner, children, resources);
  }
  const supply = async (steps: readonly NetworkStep[]) => {
    const due = lacking(steps, lab, { ...state, resources }, await look());
    const { shared } = heldBy(await allRuns(runner, directory));
    const added = newResources(due, resources, shared);
    if (added.length > 0) {
      resources = [...resources, ...added];
      directory.update({ ...state, resources });
    }
    for (const { argv, input } of due) {
      const failed = await run(fill(argv, pids), input);
      if (failed !== undefined) return failed;
    }
    return undefined;
  };
  const bridged = await supply(bridgeSteps);
  if (bridged !== undefined) return bridged;
  seen = await observe(runner, children, resources);
  for (const command of commands) {
    const { argv, input } = repairOf(command, seen, state.name);
    // The command needs the pid of a container that has ended.
    if (argv.some((arg) => typeof arg !== 'string' && !pids.has(arg.pidOf))) continue;
    if (!isDamaged(command, seen, state.name)) continue;
    const failed = await run(fill(argv, pids), input);
    if (failed !== undefined) return failed;
    seen = await observe(runner, children, resources);
  }
  const opened = await supply(waySteps.flat());
  if (opened !== undefined) return opened;
  const host = await look();
  for (const argv of subnetRoutes(lab, host)) {
    const failed = await run(fill(argv, pids));
    if (failed !== undefined) return failed;
  }
  const first = await puttingFirst(lab, host, rulesOfEither(lab, state.facts));
  if (first === undefined) return undefined;
  for (const { argv } of first.batch ?? []) tell(shellLine(argv));
  const argv = fill(first.argv, pids);
  const outcome = await runner.run(argv, { hold, input: fillInput(first.input ?? '', pids) });
  return outcome.ok ? undefined : { line: shellLine(argv), outcome };
}
