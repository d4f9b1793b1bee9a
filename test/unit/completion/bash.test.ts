import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { bashCompletion } from '../../../src/cli/completion/bash.ts';
import { tableOf } from '../../../src/cli/completion/table.ts';
import { wholeCommandLine } from '../../support/command-line.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const directory = temporaryDirectory();
const script = join(directory, 'completion.bash');
const program = join(directory, 'ctr');

/** Replaces compopt, which works only during a completion, by a function that prints its arguments. */
const press = `
. "$0"
told=()
compopt() { told+=("$*"); }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_ctr
printf '%s\\n' "\${told[@]}" "\${COMPREPLY[@]}"
`;

const containers = `[ "$1" = --state-dir ] && { state=$2; shift 2; }
[ "$1" = ps ] || exit 2
[ "$2" = -q ] && { echo lab; echo pair; [ "$3" = -a ] && echo ended; [ -n "\${state-}" ] && echo "at-$state"; exit 0; }
echo 'NAME   CONTAINER  STATE    PID'
echo 'lab    lab        running  7'
echo 'pair   left       running  8'
echo 'pair   right      running  9'
echo 'bad    -          unreadable  -'
[ "\${2-}" = -a ] && echo 'ended  once       ended    -'
exit 0`;

beforeAll(() => {
  writeFileSync(script, bashCompletion(tableOf(wholeCommandLine()), 'ctr', ['ctr', 'ctrnet']));
  writeFileSync(program, `#!/bin/sh\n${containers}\n`);
  chmodSync(program, 0o755);
});

/** The completions of the last word, and the options for bash's own completion. */
async function offered(words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await execa('bash', ['-euc', press, script, program, ...words]);
  return stdout.split('\n').filter(Boolean);
}

const files = '-o default';
const directories = '-o dirnames';

const cases: readonly (readonly [line: string, ...offers: readonly string[]])[] = [
  ['d', 'down', 'demo', 'doctor'],
  ['--lang zh d', 'down', 'demo', 'doctor'],
  ['--lang ', 'en', 'zh'],
  // Bash splits --lang=zh into three words.
  ['--lang =', 'en', 'zh'],
  ['ps --lang = z', 'zh'],
  ['ps --lang=z', 'zh'],
  ['plan --format ', 'text', 'json', 'sh'],
  ['plan --format j', 'json'],
  ['plan F --f', '--fast', '--focus', '--format', '--facts', '--facts-out'],
  ['plan --facts ', files],
  ['plan ', files],
  ['plan F '],
  ['up --d', '--dry-run', '--detach'],
  ['up -d ', files],
  ['up --state-dir S ', files],
  ['up --state-dir ', directories],
  // Words after the file or the name belong to the container's command.
  ['up F --d'],
  ['up F -- '],
  ['exec lab -'],
  ['exec lab '],
  ['sandbox cat ', files],
  ['sandbox cat --l', files],
  ['down ', 'lab', 'pair'],
  ['down p', 'pair'],
  ['down --all l', 'lab'],
  ['--state-dir S down ', 'lab', 'pair', 'at-S'],
  ['down --state-dir = S a', 'at-S'],
  ['check p', 'pair'],
  ['repair l', 'lab'],
  ['exec pa', 'pair'],
  ['exec pair/', 'pair/left', 'pair/right'],
  ['exec pair/r', 'pair/right'],
  ['exec bad/'],
  ['logs -f e', 'ended'],
  ['logs ended/', 'ended/once'],
  ['inspect ended/o', 'ended/once'],
  ['rootfs ', 'create'],
  ['rootfs create ', directories],
  ['rootfs create --from d', 'debian'],
  ['rootfs create --from tar : x', files],
  ['rootfs create --from debian : trixie ', directories],
  ['completion ', 'bash', 'zsh', 'fish'],
  ['explain ch', 'chroot'],
  ['help ex', 'exec', 'explain'],
  ['--v', '--version', '--verbose'],
  ['ps --v', '--verbose'],
  ['nosuch '],
  ['nosuch -'],
];

test.each(cases.map(([line, ...offers]) => ({ line, offers })))(
  'for "ctr $line" and a TAB bash offers $offers',
  async ({ line, offers }) => {
    expect([...(await offered(line.split(' ')))].sort()).toEqual([...offers].sort());
  },
);

test('what a sandbox host runs is one of the programs of this machine', async () => {
  expect(await offered(['sandbox', '-q', 'ca'])).toContain('cat');
});

test('special characters in the names of runs are completed literally', async () => {
  writeFileSync(program, "#!/bin/sh\necho '$(touch ran)x'\n");
  chmodSync(program, 0o755);
  expect(await offered(['down', ''])).toEqual(['$(touch ran)x']);
});
