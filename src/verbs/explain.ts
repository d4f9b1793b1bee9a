import { mkdirSync, writeFileSync } from 'node:fs';
import { called, named } from '../exec/called.ts';
import { program } from '../exec/program.ts';
import { topics } from '../explain/index.ts';
import { shellQuote } from '../model/command.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { own } from '../model/own.ts';
import type { Text } from '../model/text.ts';
import { namedBoth, printResult, refuseJson } from '../render/result.ts';
import { table } from '../render/table.ts';
import { wrap } from '../render/wrap.ts';
import { type Context, say, type Voice } from '../run/context.ts';
import { explainCode, explainCodes } from './explain-code.ts';
import { rootfsCreate } from './rootfs.ts';
import { sandbox } from './sandbox.ts';

const columns = 78;
const place = '/run/explain';

/** The word that lists all codes, instead of a topic. */
const codesWord = 'codes';
const codesTitle: Text = {
  en: 'the codes of all errors and warnings; for a single code: ctr explain H005',
  zh: '所有错误代码和警告代码的含义；查看单个代码：ctr explain H005',
};

function list(voice: Voice): number {
  const all: readonly (readonly [string, Text])[] = [
    ...Object.entries(topics).map(([name, { title }]) => [name, title] as const),
    [codesWord, codesTitle],
  ];
  if (voice.json) {
    printResult(voice, 'explain', {
      topics: all.map(([name, title]) => ({ name, title: namedBoth(title) })),
    });
  } else {
    const rows = all.map(([name, title]) => [
      `${called} explain ${name}`,
      named(say(voice, title)),
    ]);
    voice.print(table(['', ''], rows).replace(/^\n/, ''));
  }
  return exitCodes.done;
}

function noSuchTopic(word: string, near: string | undefined): CtrError {
  const ways = [near ?? [], codesWord].flat().map((one) => `ctr explain ${one}`);
  return new CtrError(
    'no-such-topic',
    exitCodes.usage,
    { en: `there is no topic or code "${word}"`, zh: `没有 "${word}" 这个主题或代码` },
    { try: [...new Set([...ways, 'ctr explain'])] },
  );
}

/** `ctr explain`: explains a topic and demonstrates it in a sandbox host, or explains a code. */
export async function explain(
  voice: Voice,
  open: () => Promise<Context>,
  word: string | undefined,
): Promise<number> {
  if (word === undefined) return list(voice);
  if (word.toLowerCase() === codesWord) return await explainCodes(voice);
  const topic = own(topics, word);
  if (topic === undefined) {
    const told = await explainCode(voice, word, [...Object.keys(topics), codesWord], columns);
    if (typeof told === 'number') return told;
    throw noSuchTopic(word, told.near);
  }
  refuseJson(voice, { en: `the topic ${word}`, zh: `主题 ${word} ` });
  voice.print(`${say(voice, topic.title)}\n`);
  for (const paragraph of topic.text) {
    voice.print(`${wrap(say(voice, paragraph), columns).join('\n')}\n`);
  }
  if (topic.scenes === undefined) return exitCodes.done;
  const flags = ['--lang', voice.language];
  return await sandbox(await open(), [...program(), ...flags, 'explain-inside', word]);
}

/** The part of `ctr explain` inside the sandbox: runs every command and shows its output. */
export async function explainInside(context: Context, word: string): Promise<number> {
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
