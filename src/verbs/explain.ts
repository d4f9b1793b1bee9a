import { mkdirSync, writeFileSync } from 'node:fs';
import { called, named } from '../exec/called.ts';
import { program } from '../exec/program.ts';
import { toolPath } from '../exec/tool-path.ts';
import { topics } from '../explain/index.ts';
import type { Topic } from '../explain/topic.ts';
import { lookUp } from '../facts/rootfs.ts';
import { shellQuote } from '../model/command.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { own } from '../model/own.ts';
import { parseLanguage, type Text } from '../model/text.ts';
import { namedBoth, printResult, refuseJson } from '../render/result.ts';
import { wrap } from '../render/wrap.ts';
import { type Context, say, type Voice } from '../run/context.ts';
import { explainCode, explainCodes } from './explain-code.ts';
import { explainTools } from './explain-tools.ts';
import { rootfsCreate } from './rootfs.ts';
import { sandbox } from './sandbox.ts';

const columns = 78;
const place = '/run/explain';

/** The word that lists all codes, instead of a topic. */
const codesWord = 'codes';
const codesTitle: Text = {
  en: 'what every code of an error or a warning means; for one of them, ctr explain H005',
  zh: '每个错误代码和警告代码的意思；只看一个：ctr explain H005',
};

/** What else can be asked for, by an example. */
const others: readonly (readonly [string, Text])[] = [
  [
    '"ip link set dev eth0 up"',
    {
      en: 'every word of a command; - reads commands from input',
      zh: '命令里的每一个词；写 - 则从标准输入读命令',
    },
  ],
  [
    '"RTNETLINK answers: File exists"',
    { en: 'what the kernel or a tool answered', zh: '内核或工具的回答' },
  ],
  [
    'move-link',
    {
      en: 'a step of a plan; with --netlink, the messages that it sends',
      zh: '计划里的一步；加 --netlink 看它发送的消息',
    },
  ],
  ['link-setting', { en: 'a kind of resource', zh: '一种资源' }],
  ['"veth pair"', { en: 'a word of networking or of containers', zh: '网络或容器的术语' }],
];

function list(voice: Voice): number {
  const read: readonly (readonly [string, Text])[] = [
    ...Object.entries(topics).map(([name, { title }]) => [name, title] as const),
    [codesWord, codesTitle],
  ];
  if (voice.json) {
    printResult(voice, 'explain', {
      topics: read.map(([name, title]) => ({ name, title: namedBoth(title) })),
    });
  } else {
    const blocks = [...read, ...others].map(([name, title]) => {
      const says = wrap(named(say(voice, title)), columns - 4).map((line) => `    ${line}`);
      return [`${called} explain ${name}`, ...says].join('\n');
    });
    voice.print(blocks.join('\n'));
  }
  return exitCodes.done;
}

function noSuchTopic(word: string, near: string | undefined): CtrError {
  const ways = [near ?? [], codesWord]
    .flat()
    .map((one) => `ctr explain ${one.includes(' ') ? `"${one}"` : one}`);
  return new CtrError(
    'no-such-topic',
    exitCodes.usage,
    { en: `there is nothing to explain under "${word}"`, zh: `没有关于 "${word}" 的讲解` },
    { try: [...new Set([...ways, 'ctr explain'])] },
  );
}

/** Flags of ctr that stand after a word that is no command. */
function flagsAfter(voice: Voice, words: readonly string[]) {
  const [word, ...rest] = words;
  if (word === undefined) return { voice, words, netlink: false };
  const language = parseLanguage(rest[rest.indexOf('--lang') + 1] ?? '');
  const lang = rest.includes('--lang') && language !== undefined ? { language } : {};
  const json = voice.json || rest.includes('--json');
  const isFlag = (one: string, index: number) =>
    ['--json', '--netlink', '--lang'].includes(one) || rest[index - 1] === '--lang';
  return rest.every(isFlag)
    ? { voice: { ...voice, ...lang, json }, words: [word], netlink: rest.includes('--netlink') }
    : { voice, words, netlink: false };
}

async function lesson(
  voice: Voice,
  open: () => Promise<Context>,
  word: string,
  topic: Topic,
): Promise<number> {
  refuseJson(voice, { en: `the lesson ${word}`, zh: `讲解 ${word} ` });
  voice.print(`${say(voice, topic.title)}\n`);
  for (const paragraph of topic.text) {
    voice.print(`${wrap(say(voice, paragraph), columns).join('\n')}\n`);
  }
  if (topic.scenes === undefined) return exitCodes.done;
  const flags = ['--lang', voice.language];
  return await sandbox(await open(), [...program(), ...flags, 'explain-inside', word]);
}

/** How the part inside the sandbox is asked for a step's messages. */
const netlinkPrefix = 'netlink:';

/** `ctr explain STEP --netlink`: the messages that the step's commands send, in a sandbox host. */
async function explainNetlink(
  voice: Voice,
  open: () => Promise<Context>,
  word: string,
): Promise<number> {
  refuseJson(voice, { en: 'what --netlink shows', zh: '--netlink 显示的内容' });
  const { silence, stepIds } = await import('../explain/knowledge.ts');
  const id = stepIds.find((one) => one === word.toLowerCase());
  if (id === undefined) {
    throw new CtrError(
      'no-such-topic',
      exitCodes.usage,
      {
        en: `--netlink needs a step of a plan, and ${word} is none`,
        zh: `--netlink 需要一个步骤，而 ${word} 不是`,
      },
      { try: ['ctr explain move-link --netlink'] },
    );
  }
  const silent = silence(id);
  if (silent !== undefined) {
    voice.print(wrap(say(voice, silent), columns).join('\n'));
    return exitCodes.done;
  }
  if (lookUp('', 'strace', toolPath) !== 'found') {
    throw new CtrError('tool-missing', exitCodes.notReady, {
      en: 'strace is not installed, and only it can show the messages that a program sends',
      zh: '没有安装 strace，只有它能显示程序发送的消息',
    });
  }
  const flags = ['--lang', voice.language, 'explain-inside', `${netlinkPrefix}${id}`];
  return await sandbox(await open(), [...program(), ...flags]);
}

/**
 * `ctr explain`: a topic, demonstrated in a sandbox host; a code; a step, a kind of resource or a term; a command, word
 * by word; an answer of the kernel.
 */
export async function explain(
  caller: Voice,
  open: () => Promise<Context>,
  typed: readonly string[],
): Promise<number> {
  const { voice, words, netlink } = flagsAfter(caller, typed);
  const [word] = words;
  if (word === undefined) return list(voice);
  const knowledge = await import('../explain/knowledge.ts');
  if (words.length > 1) {
    const done = knowledge.explainWords(voice, words, explainTools);
    if (done !== undefined) return done;
    throw noSuchTopic(words.join(' '), undefined);
  }
  if (netlink) return await explainNetlink(voice, open, word);
  if (word.toLowerCase() === codesWord) return await explainCodes(voice);
  const topic = own(topics, word);
  if (topic !== undefined) return await lesson(voice, open, word, topic);
  const done = knowledge.explainWords(voice, [word], explainTools);
  if (done !== undefined) return done;
  const known = [...Object.keys(topics), codesWord, ...knowledge.knownWords];
  const told = await explainCode(voice, word, known, columns);
  if (typeof told === 'number') return told;
  throw noSuchTopic(word, told.near);
}

/** The part of `ctr explain` inside the sandbox: runs every command and shows its output. */
export async function explainInside(context: Context, word: string): Promise<number> {
  if (word.startsWith(netlinkPrefix)) {
    const { netlinkInside } = await import('../explain/knowledge.ts');
    await netlinkInside(context, word.slice(netlinkPrefix.length), explainTools);
    return exitCodes.done;
  }
  const scenes = own(topics, word)?.scenes;
  if (scenes === undefined) return exitCodes.done;
  mkdirSync(place);
  await rootfsCreate({ ...context, quiet: true, print: () => undefined }, `${place}/labex`, {});
  for (const [name, text] of Object.entries(scenes.files)) {
    writeFileSync(`${place}/${name}`, text, { flag: 'wx' });
  }
  const ctr = program().map(shellQuote).join(' ');
  for (const { says, line } of scenes.list) {
    context.print(wrap(say(context, says), columns).join('\n'));
    context.print(`# ${named(line)}`);
    const { stdout, stderr } = await context.runner.run(
      ['sh', '-c', `ctr() { ${ctr} "$@"; }; { ${line}; } 2>&1`],
      { cwd: place, timeoutMs: 30_000 },
    );
    context.print(`${stdout}${stderr}`);
  }
  context.print(wrap(say(context, scenes.moral), columns).join('\n'));
  return exitCodes.done;
}
