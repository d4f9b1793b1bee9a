import { CtrError, exitCodes } from '../model/errors.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { eventLine, printResult } from '../render/result.ts';
import { checkRun } from '../run/check/index.ts';
import { type Context, say } from '../run/context.ts';
import { repairRun } from '../run/repair.ts';
import { stateDirectory } from '../state/directory.ts';
import { refuseElsewhere } from '../state/elsewhere.ts';
import { findRun } from '../state/find-container.ts';
import { withGlobalLock } from '../state/global-lock.ts';
import { isHeld } from '../state/lock.ts';
import { tellFindings } from './check.ts';

/** `ctr repair`: re-applies what has drifted from a run's plan. @returns 7 when something still differs. */
export async function repair(context: Context, name: string): Promise<number> {
  const { runner } = context;
  const directory = stateDirectory(context.stateDir);
  let commands = 0;
  const tell = (line: string, input: readonly string[] = []) => {
    commands += 1;
    if (context.json) context.tell(eventLine({ event: 'command', line }));
    else if (!context.quiet) {
      context.tell(`  + ${escapeControls(line)}`);
      for (const one of input) context.tell(`    ${escapeControls(one)}`);
    }
  };
  const global = await withGlobalLock(runner, directory);
  try {
    // Under the lock, so that ctr does not rebuild a run that is being torn down.
    const state = findRun(directory, name, exitCodes.usage);
    refuseElsewhere(state, 'repair');
    if (!(await isHeld(runner, directory.lockPath(name)))) {
      throw new CtrError(
        'run-ended',
        exitCodes.notReady,
        {
          en: `${name} has ended: there is nothing to repair`,
          zh: `${name} 已经结束：没有什么可修复`,
        },
        { try: [`ctr down ${name}`] },
      );
    }
    const failed = await repairRun(runner, directory, state, global.descriptor, tell);
    if (failed !== undefined) {
      throw new CtrError(
        'not-repaired',
        exitCodes.notHeld,
        { en: `ctr could not repair ${name}`, zh: `未能修复 ${name}` },
        {
          ran: failed.line,
          said: failed.outcome.stderr.trim(),
          try: [`ctr check ${name}`, `ctr down ${name}`],
        },
      );
    }
    // Loaded again: repair may have added to the record.
    const findings = await checkRun(runner, directory, findRun(directory, name, exitCodes.usage));
    const holds = findings.every((one) => one.holds);
    const broken = findings.filter((one) => !one.holds);
    if (context.json) printResult(context, 'repair', { name, holds, commands, findings: broken });
    else {
      tellFindings(context, broken);
      if (holds && !context.quiet) {
        context.tell(
          say(context, {
            en: `${name} matches its plan; commands run: ${commands}`,
            zh: `${name} 与计划一致；运行了 ${commands} 条命令`,
          }),
        );
      }
    }
    return holds ? exitCodes.done : exitCodes.notHeld;
  } finally {
    await global.release();
  }
}
