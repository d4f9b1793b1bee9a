import { expect, test } from '@jest/globals';
import { countTrace } from '../../../scripts/bench/agent.ts';

test('a program is counted once, not for each directory that is searched for it', () => {
  const trace = [
    '10 execve("/sbin/ip", ["ip"], 0x1 /* 3 vars */) = -1 ENOENT (No such file or directory)',
    '10 execve("/bin/ip", ["ip"], 0x1 /* 3 vars */) = 0',
  ];
  expect(countTrace(trace.join('\n'))).toEqual({ processes: 0, programs: 1 });
});

test('a thread is not a process', () => {
  const trace = [
    '10 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, exit_signal=0}, 88) = 11',
    '10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7) = 12',
  ];
  expect(countTrace(trace.join('\n'))).toEqual({ processes: 1, programs: 0 });
});

test('an interrupted call in the trace is counted once, with the flags of its first half', () => {
  const trace = [
    '10 clone(child_stack=0x5, flags=CLONE_VM|CLONE_THREAD <unfinished ...>',
    '11 vfork( <unfinished ...>',
    '10 <... clone resumed>, child_tidptr=0x7) = 12',
    '13 execve("/bin/true", ["true"], 0x1 /* 3 vars */ <unfinished ...>',
    '11 <... vfork resumed>)              = 13',
    '13 <... execve resumed>)             = 0',
  ];
  expect(countTrace(trace.join('\n'))).toEqual({ processes: 1, programs: 1 });
});
