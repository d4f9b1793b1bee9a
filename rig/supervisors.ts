import { supervisorMark } from '../src/exec/supervisor.ts';
import { processes } from './processes.ts';

/** The pids of supervisors. */
export function supervisors(): readonly number[] {
  return processes().flatMap(({ pid, words }) => (words[3] === supervisorMark ? [pid] : []));
}
