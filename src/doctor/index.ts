import { findTool } from '../facts/tools.ts';
import { CtrError } from '../model/errors.ts';
import { bridgeNetfilter } from './bridge-netfilter.ts';
import { readDistribution } from './distribution.ts';
import type { Examination } from './examination.ts';
import type { Finding, Mode } from './finding.ts';
import { firewall } from './firewall.ts';
import type { Host, Opened } from './host.ts';
import { kernel } from './kernel.ts';
import { leftovers } from './leftovers.ts';
import { neighbours } from './neighbours.ts';
import { node } from './node.ts';
import { platform } from './platform.ts';
import { privileges } from './privileges.ts';
import { programName } from './program-name.ts';
import type { Examined, Report } from './report.ts';
import { reversePath } from './reverse-path.ts';
import { sandbox } from './sandbox.ts';
import { state } from './state.ts';
import { subnets } from './subnets.ts';
import { tools } from './tools.ts';
import { tryFeatures } from './trial.ts';

/** All parts of the report, in its order. A new one is one file and one line here. */
const examinations: readonly Examination[] = [
  tools,
  kernel,
  sandbox,
  privileges,
  node,
  firewall,
  bridgeNetfilter,
  reversePath,
  neighbours,
  subnets,
  programName,
  leftovers,
  state,
];

/** The same finding for somebody who is root already, in a shell of root. */
function withoutSudo(finding: Finding): Finding {
  if (finding.fixes === undefined) return finding;
  const fixes = finding.fixes.map((fix) => ({
    ...fix,
    command: fix.command.replaceAll(/(?<=^|&& |\| |; )sudo /g, ''),
  }));
  return { ...finding, fixes };
}

/** The findings of one part. What it could not read is a finding as well. */
async function examine(examination: Examination, host: Host): Promise<Examined> {
  try {
    const findings = await examination.examine(host);
    const inRootShell = host.asRoot && host.context.environment.SUDO_USER === undefined;
    return { examination, findings: inRootShell ? findings.map(withoutSudo) : findings };
  } catch (error) {
    if (!(error instanceof CtrError)) throw error;
    const { text, details } = error;
    const [command] = (details.try ?? []).filter((way) => typeof way === 'string');
    const finding: Finding = {
      id: 'unread',
      severity: 'problem',
      says: text,
      ...(details.said === undefined ? {} : { said: details.said }),
      ...(command === undefined ? {} : { fixes: [{ command }] }),
    };
    return { examination, findings: [finding] };
  }
}

/** Says once what several parts could not read. */
function withoutRepeats(parts: readonly Examined[]): readonly Examined[] {
  const said = new Set<string>();
  return parts.map(({ examination, findings }) => ({
    examination,
    findings: findings.filter(({ id, says }) => {
      const repeated = id === 'unread' && said.has(says.en);
      said.add(says.en);
      return !repeated;
    }),
  }));
}

/** A promise that several examinations await: the first to fail must not end the program. */
function shared<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Examines this machine. Changes nothing. */
export async function examineHost(opened: Opened): Promise<Report> {
  const { context, asRoot, tutorial, runs } = opened;
  const has = (program: string) => findTool(program) !== null;
  const host: Host = {
    ...opened,
    tutorial: shared(tutorial),
    runs: shared(runs),
    facts: shared(tutorial.then(({ facts }) => facts)),
    distribution: readDistribution(),
    trial: shared(tryFeatures(context.runner, asRoot, has)),
  };
  const list = process.platform === 'linux' ? examinations : [platform];
  const parts = withoutRepeats(await Promise.all(list.map((one) => examine(one, host))));
  const all = parts.flatMap(({ findings }) => findings);
  const blocking = (mode: Mode) => [
    ...new Set(all.filter(({ blocks = [] }) => blocks.includes(mode)).map(({ id }) => id)),
  ];
  return {
    parts,
    blocked: { sandbox: blocking('sandbox'), root: blocking('root') },
    bySudo: !host.asRoot,
    distribution: host.distribution.name,
  };
}

export { reportText } from './text.ts';
