import { arch, release } from 'node:os';
import { modes } from '../doctor/finding.ts';
import { openHost } from '../doctor/open-host.ts';
import type { Report } from '../doctor/report.ts';
import { named } from '../exec/called.ts';
import type { Results } from '../json/results.ts';
import { exitCodes } from '../model/errors.ts';
import { terminalColumns } from '../render/command-text.ts';
import { namedBoth, printResult } from '../render/result.ts';
import type { Context } from '../run/context.ts';

function shown({ parts, blocked, distribution }: Report): Results['doctor'] {
  const mode = (name: (typeof modes)[number]) => ({
    ready: blocked[name].length === 0,
    blocked_by: blocked[name],
  });
  return {
    machine: {
      distribution,
      kernel: release(),
      architecture: arch(),
      node: process.version.slice(1),
    },
    modes: { sandbox: mode('sandbox'), root: mode('root') },
    findings: parts.flatMap(({ examination, findings }) =>
      findings.map(({ id, severity, says, said, means, fixes = [], blocks = [] }) => ({
        area: examination.area,
        id,
        severity,
        message: namedBoth(says),
        ...(said === undefined || said === '' ? {} : { said }),
        ...(means === undefined ? {} : { means: namedBoth(means) }),
        fixes: fixes.map(({ command, costs }) => ({
          command: named(command),
          ...(costs === undefined ? {} : { costs: namedBoth(costs) }),
        })),
        blocks,
      })),
    ),
  };
}

/**
 * `ctr doctor`: tells what on this machine keeps ctr from working, and how to fix it. Changes nothing.
 * @returns 0 when at least one way to use ctr works, else 4.
 */
export async function doctor(context: Context): Promise<number> {
  const { examineHost, reportText } = await import('../doctor/index.ts');
  const report = await examineHost(openHost(context));
  if (context.json) printResult(context, 'doctor', shown(report));
  else {
    const { language, color } = context;
    const columns = terminalColumns(context.environment, process.stdout);
    context.print(named(reportText(report, { language, color, columns })));
  }
  const ready = modes.some((mode) => report.blocked[mode].length === 0);
  return ready ? exitCodes.done : exitCodes.notReady;
}
