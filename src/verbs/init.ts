import { existsSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { program } from '../exec/program.ts';
import { requireStart } from '../exec/working-directory.ts';
import { shellQuote } from '../model/command.ts';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes, systemCode } from '../model/errors.ts';
import type { Language, Text } from '../model/text.ts';
import { printResult, refuseJson } from '../render/result.ts';
import { say, type Voice } from '../run/context.ts';

export interface InitFlags {
  readonly force?: boolean;
}

/** The tutorial's five keys, with their values and explanations. */
const starter: readonly (readonly [key: string, value: string, means: Text])[] = [
  ['host_name', 'labex', { en: 'the host name of the container', zh: '容器的主机名' }],
  [
    'root_dir',
    './labex',
    {
      en: 'its root file system; a relative path starts at this file',
      zh: '容器的根文件系统；相对路径从本文件所在目录算起',
    },
  ],
  [
    'ip',
    '192.168.0.100/16',
    {
      en: "its address; /16 means that the first 16 bits are the network's",
      zh: '容器的地址；/16 表示前 16 位是网络号',
    },
  ],
  [
    'bridge_name',
    'ctr0',
    {
      en: 'the bridge it is attached to; ctr creates it if it does not exist',
      zh: '容器接入的网桥；不存在时由 ctr 创建',
    },
  ],
  [
    'bridge_ip',
    '192.168.0.1',
    { en: "the bridge's own address: the container's gateway", zh: '网桥自己的地址：容器的网关' },
  ],
];

/**
 * The `$schema` of a config in this directory, so that an editor finds the installed schema offline: a relative path if
 * the package is below the directory, otherwise a file URL.
 */
function schemaFor(directory: string): string {
  const schema = join(dirname(program()[1]), '../schema/config.schema.json');
  if (!existsSync(schema)) return './config.schema.json';
  const from = existsSync(directory) ? realpathSync(directory) : directory;
  const below = relative(from, schema);
  return below.startsWith('..') ? pathToFileURL(schema).href : `./${below}`;
}

function starterText(schema: string, comments: Language | null): string {
  const lines = starter.flatMap(([key, value, means], index) => [
    ...(comments === null ? [] : [`  // ${means[comments]}`]),
    `  ${JSON.stringify(key)}: ${JSON.stringify(value)}${index + 1 < starter.length ? ',' : ''}`,
  ]);
  return ['{', `  "$schema": ${JSON.stringify(schema)},`, ...lines, '}', ''].join('\n');
}

function cannotWrite(file: string, error: unknown): CtrError {
  const quoted = shellQuote(file);
  const ways: Readonly<Record<string, readonly string[]>> = {
    EEXIST: ['ctr init other.json', `ctr init ${quoted} --force`],
    ...(existsSync(dirname(file)) ? {} : { ENOENT: [`mkdir -p ${shellQuote(dirname(file))}`] }),
    EISDIR: [`ctr init ${shellQuote(join(file, 'ctr.json'))}`],
  };
  const code = systemCode(error) ?? '';
  const { en, zh } = sayErrno(error);
  return new CtrError(
    'cannot-write',
    exitCodes.notReady,
    { en: `cannot write ${file}: ${en}`, zh: `无法写入 ${file}：${zh}` },
    { try: Object.hasOwn(ways, code) ? (ways[code] ?? []) : ['ctr init /tmp/ctr.json'] },
  );
}

/**
 * `ctr init`: writes a starter config, and overwrites no file without --force. JSON and jq(1) have no comments, so the
 * keys are explained in a .jsonc file, or on standard error.
 */
export async function init(voice: Voice, file: string, flags: InitFlags): Promise<number> {
  const { language, quiet } = voice;
  if (file === '-') {
    refuseJson(voice, { en: 'a config to start from', zh: '起步用的配置' });
    voice.print(starterText(schemaFor('.'), null).trimEnd());
    return exitCodes.done;
  }
  requireStart(file);
  const commented = file.endsWith('.jsonc');
  const text = starterText(schemaFor(dirname(file)), commented ? language : null);
  try {
    writeFileSync(file, text, { flag: flags.force === true ? 'w' : 'wx' });
  } catch (error) {
    // For a directory, EISDIR helps more than EEXIST.
    const taken = systemCode(error) === 'EEXIST' && statSync(file).isDirectory();
    throw cannotWrite(file, taken ? { code: 'EISDIR' } : error);
  }
  if (voice.json) printResult(voice, 'init', { file });
  else voice.print(file);
  if (quiet || voice.json) return exitCodes.done;
  if (!commented) {
    for (const [key, , means] of starter) voice.tell(`  ${key.padEnd(12)} ${means[language]}`);
  }
  // The config's ./labex is relative to the config.
  const next = `ctr rootfs create ${shellQuote(join(dirname(file), 'labex'))} && ctr plan ${shellQuote(file)}`;
  voice.tell(say(voice, { en: `next: ${next}`, zh: `接下来：${next}` }));
  return exitCodes.done;
}
