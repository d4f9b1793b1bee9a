import { named } from '../exec/called.ts';
import type { Runner } from '../exec/runner.ts';
import { userEnvironment } from '../exec/user-environment.ts';
import { fill, shellLine } from '../model/command.ts';
import type { Text } from '../model/text.ts';
import { diffLines } from '../render/changes.ts';
import { commandLines, terminalColumns, textColumns, wrapShell } from '../render/command-text.ts';
import { wrap } from '../render/wrap.ts';
import type { Voice } from '../run/context.ts';
import type { Change, Diff } from '../snapshot/change.ts';
import type { NetworkState } from '../snapshot/snapshot.ts';
import { departureLines } from './departure-lines.ts';
import { type Fault, faultsFor } from './faults.ts';
import type { Key, Keys } from './keys.ts';
import { type Prediction, predictionFor } from './predictions.ts';
import { containerOf, isReversible } from './reverse.ts';
import type { Move, Stepper } from './stepper.ts';
import { drawn, explained } from './views.ts';
import { words } from './words.ts';

export interface ConsoleOptions {
  readonly voice: Voice;
  readonly runner: Runner;
  readonly keys: Keys;
  /** A number from 0 to 1 for the choice of a surprise. */
  readonly random: () => number;
  /** Ends the console at the next key, when a signal has arrived. */
  readonly ended: () => boolean;
  /** Called after each move, and after each change by hand. */
  readonly moved?: (move: Move | 'by-hand') => Promise<void>;
}

const indent = '     ';

/** The console of `ctr up --step`: keys move the run, and each move tells what it changed. */
export async function converse(stepper: Stepper, options: ConsoleOptions): Promise<void> {
  const { voice, keys } = options;
  const { plan } = stepper;
  const { steps } = plan;
  const width = textColumns(terminalColumns(voice.environment, process.stdout));
  const say = (text: Text) => named(text[voice.language]);
  const tell = (line = '') => voice.print(line);
  const style = (code: number, text: string) =>
    voice.color ? `\u001b[${code}m${text}\u001b[0m` : text;
  const paragraph = (text: string, margin = indent) => {
    for (const [index, line] of wrap(text, width - margin.length).entries()) {
      tell(`${index === 0 ? margin : ' '.repeat(margin.length)}${line}`);
    }
  };
  const tellCommand = (line: string) => {
    for (const part of wrapShell(line, width - indent.length)) tell(style(36, `${indent}${part}`));
  };
  const containers = plan.lab.containers.map(({ name }) => name);

  const tellLines = (lines: readonly string[]) => {
    for (const line of lines) tell(`   ${line}`);
  };

  function tellDiff(diff: Diff): void {
    const lines = diffLines(diff, voice.language, width - 3);
    tellLines(lines.length > 0 ? lines : [say(words.nothingChanged)]);
  }

  function tellChanges(changes: readonly Change[]): void {
    tellLines(departureLines(changes, voice.language, width - 3));
  }

  /** Where we are, and what comes next. */
  function tellPlace(): void {
    const at = stepper.at();
    const stage = `${plan.name} · ${at}/${steps.length}`;
    tell();
    const next = steps[at];
    if (next === undefined) {
      tell(style(1, ` ${stage} · ${say(words.end)}`));
      paragraph(say(words.tryIt));
      return;
    }
    tell(style(1, ` ${stage} · ${say(words.next)}${say(words.colon)}${next.id}`));
    paragraph(say(next.title), ' ▸ ');
    for (const command of next.commands) {
      const { typed, input } = commandLines(command, width - indent.length);
      for (const line of typed) tellCommand(line);
      for (const line of input) tell(style(2, line));
    }
    if (!isReversible(next)) paragraph(say(words.noReturn), '   ! ');
  }

  /** The question before the next step, until it has been answered. */
  let question: Prediction | undefined;
  let guess: string | undefined;
  let askedAt: number | undefined;

  function ask(): void {
    const next = steps[stepper.at()];
    if (askedAt !== stepper.at()) guess = undefined;
    askedAt = stepper.at();
    question = next === undefined ? undefined : predictionFor(plan, next);
    if (question === undefined || guess !== undefined) return;
    const choices = question.choices.map(({ key, text }) => `[${key}] ${say(text)}`).join('  ');
    paragraph(say(question.question), ' ✎ ');
    tell(`   ${choices}`);
  }

  function answer(key: string): void {
    guess = key;
    const text = question?.choices.find((one) => one.key === key)?.text;
    if (text !== undefined) tell(`${indent}${say(words.answered)}${say(words.colon)}${say(text)}`);
  }

  function tellMove(move: Move): void {
    if ('failure' in move) {
      tell(` ✘ ${say(words.failed)}`);
      tell(`${indent}${move.failure.line}`);
      paragraph(`${say(words.said)}${say(words.colon)}${move.failure.said}`);
      return;
    }
    const { direction, index, step, lines, ms } = move;
    tell();
    const mark = direction === 'forward' ? '✔' : '↩';
    tell(style(1, ` ${mark} ${index + 1} ${step.id}   ${Math.round(ms)} ms`));
    if (direction === 'back') {
      if (move.rebuilt) paragraph(say(words.rebuilt));
      else for (const line of lines) tellCommand(line);
    }
    tellDiff(move.diff);
    if (move.differs === undefined) return;
    tell(`${indent}${say(move.differs.length === 0 ? words.equal : words.differs)}`);
    tellChanges(move.differs);
  }

  async function forward(): Promise<boolean> {
    const step = steps[stepper.at()];
    if (step === undefined) {
      tell(`${indent}${say(words.end)}`);
      return false;
    }
    const [asked, guessed, before] = [question, guess, stepper.state()];
    const move = await stepper.forward();
    tellMove(move);
    await options.moved?.(move);
    if ('failure' in move) return false;
    if (move.diff.missing.length > 0) {
      tell(` ✘ ${say(words.didNotAppear)}`);
      return false;
    }
    const truth = asked?.truth(before, stepper.state());
    const answer = asked?.choices.find(({ key }) => key === truth)?.text;
    if (asked !== undefined && answer !== undefined) {
      const verdict =
        guessed === undefined
          ? `${say(words.answer)}${say(words.colon)}${say(answer)}`
          : say(guessed === truth ? words.correct : words.notCorrect);
      paragraph(`${verdict}${say(words.stop)}${say(asked.lesson)}`, ' ✎ ');
    }
    return true;
  }

  async function back(): Promise<void> {
    if (stepper.at() === 0) {
      tell(`${indent}${say(words.atStart)}`);
      return;
    }
    const move = await stepper.back();
    tellMove(move);
    await options.moved?.(move);
  }

  /** The step that the learner looks at: the next one, or the last. */
  function here() {
    return steps[stepper.at()] ?? steps.at(-1);
  }

  /**
   * @param onHost on the host, not in the container of the step.
   * @param meanwhile something is broken: the change is not a step of its own.
   */
  async function shell(
    typed: string | undefined,
    onHost = false,
    meanwhile = false,
  ): Promise<void> {
    const step = onHost ? undefined : here();
    const container = step === undefined ? undefined : containerOf(step, containers);
    const pid = container === undefined ? undefined : stepper.pids().get(container);
    const enter = pid === undefined ? [] : ['nsenter', '--target', String(pid), '--net'];
    const place = pid === undefined ? 'host' : container;
    tell(`${indent}${place}: ${typed ?? say(words.shell)}`);
    await keys.release(async () => {
      const running = await options.runner.start(
        typed === undefined ? onTerminal([...enter, 'sh', '-i']) : [...enter, 'sh', '-c', typed],
        {
          descriptors: typed === undefined ? ['inherit', 'inherit', 'inherit'] : ['ignore', 1, 2],
          environment: {
            ...userEnvironment(voice.environment),
            ...{ PS1: `${place}# `, SHELL: '/bin/sh' },
          },
        },
      );
      await running.ended;
    });
    const diff = await stepper.look();
    tell(` ✋ ${stepper.at()}½ ${say(words.byHand)}`);
    tellDiff(diff);
    if (diff.changes.length === 0 || meanwhile) return;
    handMade = true;
    await options.moved?.('by-hand');
    tell(`${indent}${say(words.byHandBack)}`);
  }

  /** Whether the state has something that the learner did by hand. */
  let handMade = false;

  async function takeHandBack(): Promise<void> {
    const { lines, differs } = await stepper.restore();
    handMade = false;
    await options.moved?.('by-hand');
    tell();
    tell(style(1, ` ↩ ${stepper.at()}½ ${say(words.byHand)}`));
    for (const line of lines) tellCommand(line);
    tell(`${indent}${say(differs.length === 0 ? words.equal : words.differs)}`);
    tellChanges(differs);
  }

  function inspect(): void {
    const { host, containers: inside } = stepper.state();
    for (const [place, network] of [['host', host] as const, ...Object.entries(inside)]) {
      tell();
      tell(style(1, ` ${place}`));
      for (const line of networkLines(network)) {
        for (const part of wrap(line, width - indent.length - 2)) tell(`${indent}${part}`);
      }
    }
  }

  async function explain(): Promise<void> {
    const step = here();
    if (step === undefined) return;
    tell();
    paragraph(say(step.title), ' ');
    paragraph(say(step.why));
    for (const line of await explained(stepper, voice.language, width - indent.length)) {
      tell(`${indent}${line}`);
    }
  }

  async function breakSomething(): Promise<void> {
    const faults = faultsFor(plan, stepper.state());
    if (faults.length === 0) {
      tell(`${indent}${say(words.noFault)}`);
      return;
    }
    tell();
    paragraph(say(words.breakIt), ' ');
    // One key is one fault.
    const shown = faults.slice(0, 9);
    for (const [index, fault] of shown.entries())
      tell(`${indent}${index + 1}  ${say(fault.title)}`);
    tell(`${indent}?  ${say(words.surprise)}`);
    const typed = await keys.next();
    if (typed === undefined || !('key' in typed)) return;
    const secret = typed.key === '?';
    const fault = secret
      ? faults[Math.floor(options.random() * faults.length)]
      : shown[Number(typed.key) - 1];
    if (fault !== undefined) await findFault(fault, secret);
  }

  /** One fault, from breaking to being put right. */
  async function findFault(fault: Fault, secret: boolean): Promise<void> {
    if (!secret) tellFault(fault);
    await stepper.run(fault.commands);
    paragraph(say(words.broken), ' ✘ ');
    let hinted = 0;
    let asked = 0;
    const onHost = fault.commands.every(({ where }) => where === undefined);
    for (;;) {
      tell();
      paragraph(say(words.faultKeys), ' ');
      const typed = await keys.next();
      const key = typed === undefined || options.ended() ? 'q' : 'key' in typed ? typed.key : '!';
      switch (key) {
        case 'h': {
          const hints = [...fault.hints, ...stateHints()];
          const hint = hints[Math.min(hinted, hints.length - 1)] as Text;
          hinted += 1;
          paragraph(
            `${say(words.hint)} ${Math.min(hinted, hints.length)}/${hints.length}${say(words.colon)}${say(hint)}`,
          );
          break;
        }
        case 's':
        case 'q':
        case 'b': {
          tell(`${indent}${say(words.solution)}${say(words.colon)}${say(fault.title)}`);
          tellFault(fault);
          const { lines, differs } = await stepper.restore();
          if (lines.length > 0) tell(`${indent}${say(words.putRight)}${say(words.colon)}`);
          for (const line of lines) tellCommand(line);
          tellChanges(differs);
          handMade = false;
          if (key === 'q') again = { key: 'q' };
          return;
        }
        case 'f': {
          await stepper.look();
          const differs = stepper.differs();
          if (differs.length === 0) {
            handMade = false;
            tell(` ✔ ${say(words.fixed)}`);
            return;
          }
          paragraph(say(words.notFixed), ' ✘ ');
          // The first time it would be the solution.
          if (asked > 0) {
            tell(`${indent}${say(words.stillDiffers)}`);
            tellChanges(differs.slice(0, 3));
          }
          asked += 1;
          break;
        }
        case '!':
          await shell(
            typed !== undefined && 'line' in typed ? typed.line : undefined,
            onHost,
            true,
          );
          break;
        default:
          await view(key);
      }
    }
  }

  function tellFault({ commands }: Fault): void {
    for (const { argv } of commands) {
      tell(style(36, `${indent}${shellLine(fill(argv, stepper.pids()))}`));
    }
  }

  /** Hints from what differs on this very host. */
  function stateHints(): readonly Text[] {
    const differs = stepper.differs();
    const [first] = differs;
    if (first === undefined) return [];
    const place =
      first.place === 'host'
        ? { en: 'the host', zh: '宿主机' }
        : { en: first.place, zh: first.place };
    return [
      {
        en: `Something of ${first.of} in ${place.en} is not what it was.`,
        zh: `${place.zh} 上的 ${first.of} 和原来不一样。`,
      },
    ];
  }

  async function view(key: string): Promise<void> {
    if (key === 'i') inspect();
    else if (key === 'e') await explain();
    else if (key === 'g') {
      for (const line of await drawn(stepper, voice.language, width)) tell(line);
    } else tell(`${indent}${say(words.unknownKey)}${say(words.colon)}${key}`);
  }

  /** A key that is to be handled again, one level up. */
  let again: Key | undefined;

  for (;;) {
    tellPlace();
    ask();
    tell();
    paragraph(say(words.keys), ' ');
    const typed = again ?? (await keys.next());
    again = undefined;
    if (typed === undefined || options.ended()) return;
    const key = 'key' in typed ? typed.key : '!';
    switch (key) {
      case 'n':
      case 'enter':
        handMade = false;
        await forward();
        break;
      case 'b':
        if (handMade) await takeHandBack();
        else await back();
        break;
      case 'r':
        while (stepper.at() < steps.length && !options.ended()) {
          question = undefined;
          if (!(await forward())) break;
        }
        break;
      case 'x':
        await breakSomething();
        break;
      case '!':
        await shell('line' in typed ? typed.line : undefined);
        break;
      case 'h':
        await shell(undefined, true);
        break;
      case 'q':
        return;
      default:
        if (question?.choices.some((one) => one.key === key)) answer(key);
        else await view(key);
    }
  }
}

/**
 * Runs a shell on a terminal of its own (script(1)): in the user's, Ctrl-C would end ctr as well, and job control fails
 * where the terminal belongs to a process group of another PID namespace.
 */
function onTerminal(words: readonly string[]): readonly string[] {
  return ['script', '--quiet', '--return', '--command', shellLine(words), '/dev/null'];
}

/** What is in a network namespace, one line each. */
function networkLines({ links, routes, sysctls, firewall }: NetworkState): readonly string[] {
  const forwards = Object.entries(sysctls).flatMap(([key, value]) => {
    const name = /^net\/ipv4\/conf\/([^/]+)\/forwarding$/.exec(key)?.[1];
    return value === '1' && name !== undefined && links.some((one) => one.name === name)
      ? [name]
      : [];
  });
  return [
    ...links.map(({ name, up, state, carrier, master, mac, addresses }) =>
      [
        name.padEnd(14),
        `${up ? state : 'off'}${up && !carrier ? ' no-carrier' : ''}`.padEnd(14),
        mac,
        ...(master === undefined ? [] : [`→ ${master}`]),
        ...addresses.filter(({ scope }) => scope === 'global').map(({ address }) => address),
      ].join('  '),
    ),
    ...routes
      .filter(({ table, to }) => table === 'main' && !to.includes(':'))
      .map(({ to, via, dev, linkdown }) =>
        [
          'route',
          to,
          ...(via === undefined ? [] : ['via', via]),
          ...(dev === undefined ? [] : ['dev', dev]),
          ...(linkdown ? ['linkdown'] : []),
        ].join(' '),
      ),
    `forwarding: ${forwards.join(' ') || '–'}`,
    ...firewall
      .filter(({ text }) => text !== 'policy ACCEPT' && !text.startsWith('-N '))
      .map(({ tool, table, chain, text }) =>
        text.startsWith('policy ')
          ? `${tool} -t ${table} ${chain} ${text}`
          : `${tool} -t ${table} ${text}`,
      ),
  ];
}
