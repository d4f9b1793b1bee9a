import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { program } from '../exec/program.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import { refuseJson } from '../render/result.ts';
import { type Context, say } from '../run/context.ts';
import { headStart } from '../run/head-start.ts';
import { readSource } from '../run/saved-plan.ts';
import { globalWords } from '../sandbox/global-words.ts';
import { packageName } from '../sandbox/pages.ts';
import { installing } from '../sandbox/world-words.ts';
import { type Pace, requirePace } from './pace.ts';
import { ownRecordingPath, packagedRecording } from './recordings.ts';
import { rootfsCreate } from './rootfs.ts';
import { sandbox } from './sandbox.ts';
import { up } from './up.ts';

export interface DemoFlags {
  readonly pace?: Pace;
}

/** The tutorial's config, verbatim. */
const tutorial = {
  host_name: 'labex',
  root_dir: './labex',
  ip: '192.168.0.100',
  bridge_name: 'ctr0',
  bridge_ip: '192.168.0.1',
};

/** The container's command: the tutorial's proof, which prints each command before it runs. */
const proof = `#!/bin/sh
show() { echo; echo "labex# $*"; sh -c "$*" || echo '    ... failed'; }
show 'ip addr show dev eth0 | grep -o "inet .*"'
show 'ping -c 1 -W 2 192.168.0.1 | grep transmitted'
show 'nslookup downloads.example 114.114.114.114 | grep -A 1 Name'
show 'wget -q -O /tmp/hello http://downloads.example/hello; chmod +x /tmp/hello'
show '/tmp/hello'
show '${installing.tar}'
show '${packageName}'
echo
`;

/** Errors for which a sandbox host cannot be made on this machine, whatever is done in it. */
const noSandbox: readonly string[] = ['sandbox-refused', 'sandbox-failed', 'cannot-start'];

/** Plays the recording that comes with the package, and says why. */
async function replayInstead(context: Context, because: Text): Promise<number> {
  context.tell(
    say(context, {
      en: `${because.en}. This is a RECORDING of the demo, made on another machine. What would allow the real one: ctr doctor`,
      zh: `${because.zh}。下面是在另一台机器上录制的演示回放。怎样才能真正运行：ctr doctor`,
    }),
  );
  const { replay } = await import('./recorded.ts');
  return await replay(context, packagedRecording(), {});
}

/** `ctr demo`: the whole tutorial in a sandbox host, or a recording of it where none can be made. */
export async function demo(context: Context, flags: DemoFlags): Promise<number> {
  requirePace(flags.pace);
  refuseJson(context, { en: 'the demo', zh: '演示' });
  if (process.platform !== 'linux') {
    return await replayInstead(context, {
      en: `ctr demo needs Linux, this is ${process.platform}`,
      zh: `ctr demo 需要 Linux，当前系统是 ${process.platform}`,
    });
  }
  try {
    return await demoHere(context, flags);
  } catch (error) {
    const known = error instanceof CtrError && noSandbox.includes(error.code);
    if (!known || !existsSync(packagedRecording())) throw error;
    const { text, details } = error;
    const { means } = details;
    return await replayInstead(
      context,
      means === undefined ? text : { en: `${text.en}: ${means.en}`, zh: `${text.zh}：${means.zh}` },
    );
  }
}

async function demoHere(context: Context, flags: DemoFlags): Promise<number> {
  if (!context.quiet) {
    context.tell(
      say(context, {
        en: 'ctr demo: a container gets a network, in a sandbox host of its own. Nothing on this machine is changed.',
        zh: 'ctr demo：在一台独立的沙盒主机里，给容器接上网络。这台机器上什么都不会改变。',
      }),
    );
  }
  const record = ownRecordingPath(context, 'labex', new Date());
  const pace = flags.pace === undefined ? [] : ['--pace', String(flags.pace)];
  const words = [
    ...globalWords(context),
    ...['demo-inside', ...pace],
    ...(record === undefined ? [] : [record]),
  ];
  const code = await sandbox(context, [...program(), ...words], { cwd: '/' });
  if (code === exitCodes.done && record !== undefined && existsSync(record) && !context.quiet) {
    context.tell(
      say(context, {
        en: 'It was recorded. Step through it: ctr replay. As a web page: ctr report --html --out demo.html',
        zh: '演示已录制。逐步回放：ctr replay。做成网页：ctr report --html --out demo.html',
      }),
    );
  }
  return code;
}

/** The part of the demo that runs inside the sandbox. */
export async function demoInside(
  context: Context,
  { pace }: DemoFlags,
  record: string | undefined,
): Promise<number> {
  mkdirSync('/run/demo');
  await rootfsCreate({ ...context, quiet: true, print: () => undefined }, '/run/demo/labex', {});
  const file = '/run/demo/tutorial.json';
  writeFileSync(file, JSON.stringify(tutorial, null, 2));
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const stay = say(context, {
    en: 'You are in the container. exit ends it and undoes everything.',
    zh: '你现在在容器里。exit 会结束它，并撤销一切。',
  });
  const tail = interactive ? `echo '${stay}'\nexec sh -l\n` : '';
  writeFileSync('/run/demo/labex/bin/proof', proof + tail, { mode: 0o755 });
  const flags = {
    why: true,
    ...(pace === undefined ? {} : { pace }),
    ...(record === undefined ? {} : { record, recordSilently: true }),
  };
  const source = readSource(file, { command: ['/bin/proof'] });
  const code = await up(context, await headStart(context, false), source, flags);
  if (code === exitCodes.done && !context.quiet) {
    context.tell(
      say(context, {
        en: "The container has 192.168.0.100, and the server saw 198.51.100.2, the host's own address: that is MASQUERADE.",
        zh: '容器的地址是 192.168.0.100，而服务器看到的是宿主机自己的 198.51.100.2：这就是地址伪装 (MASQUERADE)。',
      }),
    );
  }
  return code;
}
