import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import type { Config } from '../config/schema.ts';
import { isAlive } from '../exec/processes.ts';
import { program } from '../exec/program.ts';
import { writeError } from '../exec/standard-error.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { printResult } from '../render/result.ts';
import { type Context, say } from '../run/context.ts';
import { headStart } from '../run/head-start.ts';
import { readSource, type Source } from '../run/saved-plan.ts';
import { tearDown } from '../run/tear-down.ts';
import { globalWords } from '../sandbox/global-words.ts';
import { stateDirectory } from '../state/directory.ts';
import { findRun } from '../state/find-container.ts';
import { notedOf } from '../state/runs.ts';
import { departureLines } from '../stepping/departure-lines.ts';
import { keep, stageSocket, type Told } from '../stepping/stage-server.ts';

const atStage = (at: number, of: number): Text => ({
  en: `is at stage ${at} of ${of}`,
  zh: `处于第 ${at} 个阶段，共 ${of} 个`,
});
const notEqual: Text = {
  en: 'this stage is not what it was when it was first reached:',
  zh: '这个阶段与第一次到达时的状态不一致：',
};

function failed(name: string, said: string): CtrError {
  return new CtrError(
    'step-failed',
    exitCodes.undone,
    { en: `${name} could not be moved`, zh: `${name} 没能移到这个阶段` },
    { said, try: [`ctr down ${name}`] },
  );
}

/** Shows what a stage server tells. @returns the exit code once it has arrived. */
function show(context: Context, name: string, told: Told, verb: 'up' | 'goto'): number | undefined {
  switch (told.told) {
    case 'moved': {
      if (context.json || context.quiet) return undefined;
      const mark = told.direction === 'forward' ? '✔' : '↩';
      context.tell(`${mark} ${told.step} ${told.id}`);
      if (context.verbose)
        for (const line of told.lines) context.tell(`    ${escapeControls(line)}`);
      return undefined;
    }
    case 'arrived': {
      const { at, of, differs } = told;
      if (context.json && verb === 'up') printResult(context, 'up', { name });
      else if (context.json)
        printResult(context, 'goto', { name, at, of, equal: differs.length === 0 });
      else {
        context.print(`${name} ${say(context, atStage(at, of))}`);
        if (differs.length > 0) context.tell(say(context, notEqual));
        for (const line of departureLines(differs, context.language, 78)) context.tell(line);
      }
      return differs.length === 0 ? exitCodes.done : exitCodes.notHeld;
    }
    case 'failed':
      throw failed(name, told.said);
    case 'refused':
      throw new CtrError('no-such-stage', exitCodes.usage, told.message);
  }
}

/** Asks the stage server of a run to move it. */
async function askServer(context: Context, path: string, name: string, stage: string) {
  const socket = connect(path);
  socket.write(`${JSON.stringify({ goto: stage })}\n`);
  let code: number | undefined;
  let rest = '';
  for await (const chunk of socket) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) code ??= show(context, name, JSON.parse(line) as Told, 'goto');
  }
  if (code === undefined) throw failed(name, '');
  return code;
}

/** Starts a ctr that keeps a run at a stage, and waits until it is there. */
async function startServer(
  context: Context,
  config: Config,
  stage: string,
  fast: boolean,
  verb: 'up' | 'goto',
): Promise<number> {
  // Neither arguments nor an open pipe: a config may be large, and Node's pipes are sockets, which nobody can open.
  const folder = mkdtempSync(`${tmpdir()}/ctr-`);
  try {
    const file = `${folder}/config.json`;
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    const words = [
      ...program(),
      ...globalWords(context).filter((word) => word !== '--json'),
      ...['--state-dir', context.stateDir, 'keep', ...(fast ? ['--fast'] : []), stage, file],
    ];
    const running = await context.runner.start(words, {
      descriptors: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    // A stage server outlives this ctr and whoever reads its standard error: it has neither once it has arrived.
    running.output(2).on('data', (chunk: Buffer) => writeError(chunk.toString()));
    let rest = '';
    for await (const chunk of running.output(1)) {
      rest += chunk;
      const end = rest.indexOf('\n');
      if (end < 0) continue;
      running.output(2).destroy();
      running.forget();
      return (
        show(context, config.name, JSON.parse(rest.slice(0, end)) as Told, verb) ?? exitCodes.done
      );
    }
    // It has told on standard error why.
    return (await running.ended).exitCode ?? exitCodes.bug;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `ctr up -d --until STAGE`: a run that stays at a stage of its plan. */
export async function upUntil(context: Context, source: Source, stage: string): Promise<number> {
  return await startServer(context, source.config, stage, source.fast, 'up');
}

/** The ctr that keeps a run at a stage. */
export async function keepStage(
  context: Context,
  stage: string,
  file: string,
  fast: boolean,
): Promise<number> {
  const source = readSource(file, { fast });
  const start = await headStart(context, false);
  const left = await keep(context, start, source, stage, (told) => {
    context.print(JSON.stringify(told));
  });
  return left === 0 ? exitCodes.done : exitCodes.left;
}

/** `ctr goto`: moves a run to a stage of its plan, forward or back. */
export async function gotoStage(context: Context, name: string, stage: string): Promise<number> {
  const directory = stateDirectory(context.stateDir);
  const state = findRun(directory, name, exitCodes.usage);
  const { stageServer } = notedOf(directory, name);
  if (stageServer !== undefined && isAlive(stageServer.pid, stageServer.start)) {
    return await askServer(context, stageSocket(directory, name), name, stage);
  }
  // Nobody keeps it yet: its containers cannot go back anyway, so it starts anew.
  await tearDown(context.runner, directory, name, () => undefined);
  return await startServer(context, state.config, stage, false, 'goto');
}
