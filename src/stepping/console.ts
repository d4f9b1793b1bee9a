import type { Runner } from '../exec/runner.ts';
import { commandLines } from '../render/command-text.ts';
import { wrap } from '../render/wrap.ts';
import type { Voice } from '../run/context.ts';
import { changeByHand } from './by-hand.ts';
import { chooseFault, findFault } from './fault-drill.ts';
import type { Key, Keys } from './keys.ts';
import { networkLines } from './network-lines.ts';
import { indent, Page } from './page.ts';
import { type Prediction, predictionFor } from './predictions.ts';
import { isReversible } from './reverse.ts';
import type { Move, Stepper } from './stepper.ts';
import { atHand } from './stepper.ts';
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

/** The console of `ctr up --step`: keys move the run, and each move tells what it changed. */
export async function converse(stepper: Stepper, options: ConsoleOptions): Promise<void> {
  const { voice, runner, keys } = options;
  const { plan } = stepper;
  const { steps } = plan;
  const page = new Page(voice);

  /** Where we are, and what comes next. */
  function tellPlace(): void {
    const at = stepper.at();
    const stage = `${plan.name} · ${at}/${steps.length}`;
    page.tell();
    const next = steps[at];
    if (next === undefined) {
      page.tell(page.style(1, ` ${stage} · ${page.say(words.end)}`));
      page.paragraph(page.say(words.tryIt));
      return;
    }
    page.tell(
      page.style(1, ` ${stage} · ${page.say(words.next)}${page.say(words.colon)}${next.id}`),
    );
    page.paragraph(page.say(next.title), ' ▸ ');
    for (const command of next.commands) {
      const { typed, input } = commandLines(command, page.width - indent.length);
      for (const line of typed) page.command(line);
      for (const line of input) page.tell(page.style(2, line));
    }
    if (!isReversible(next)) page.paragraph(page.say(words.noReturn), '   ! ');
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
    const choices = question.choices
      .map(({ key, text }) => `[${key}] ${page.say(text)}`)
      .join('  ');
    page.paragraph(page.say(question.question), ' ✎ ');
    page.tell(`   ${choices}`);
  }

  function answer(key: string): void {
    guess = key;
    const text = question?.choices.find((one) => one.key === key)?.text;
    if (text !== undefined)
      page.tell(`${indent}${page.say(words.answered)}${page.say(words.colon)}${page.say(text)}`);
  }

  function tellMove(move: Move): void {
    if ('failure' in move) {
      page.tell(` ✘ ${page.say(words.failed)}`);
      page.tell(`${indent}${move.failure.line}`);
      page.paragraph(`${page.say(words.said)}${page.say(words.colon)}${move.failure.said}`);
      return;
    }
    const { direction, index, step, lines, ms } = move;
    page.tell();
    const mark = direction === 'forward' ? '✔' : '↩';
    page.tell(page.style(1, ` ${mark} ${index + 1} ${step.id}   ${Math.round(ms)} ms`));
    if (direction === 'back') {
      if (move.rebuilt) page.paragraph(page.say(words.rebuilt));
      else for (const line of lines) page.command(line);
    }
    page.diff(move.diff);
    if (move.differs === undefined) return;
    page.tell(`${indent}${page.say(move.differs.length === 0 ? words.equal : words.differs)}`);
    page.changes(move.differs);
  }

  async function forward(): Promise<boolean> {
    const step = steps[stepper.at()];
    if (step === undefined) {
      page.tell(`${indent}${page.say(words.end)}`);
      return false;
    }
    const [asked, guessed, before] = [question, guess, stepper.state()];
    const move = await stepper.forward();
    tellMove(move);
    await options.moved?.(move);
    if ('failure' in move) return false;
    if (move.diff.missing.length > 0) {
      page.tell(` ✘ ${page.say(words.didNotAppear)}`);
      return false;
    }
    const truth = asked?.truth(before, stepper.state());
    const answer = asked?.choices.find(({ key }) => key === truth)?.text;
    if (asked !== undefined && answer !== undefined) {
      const verdict =
        guessed === undefined
          ? `${page.say(words.answer)}${page.say(words.colon)}${page.say(answer)}`
          : page.say(guessed === truth ? words.correct : words.notCorrect);
      page.paragraph(`${verdict}${page.say(words.stop)}${page.say(asked.lesson)}`, ' ✎ ');
    }
    return true;
  }

  async function back(): Promise<void> {
    if (stepper.at() === 0) {
      page.tell(`${indent}${page.say(words.atStart)}`);
      return;
    }
    const move = await stepper.back();
    tellMove(move);
    await options.moved?.(move);
  }

  const byHand = async (typed: string | undefined, onHost: boolean) =>
    await changeByHand(
      { stepper, page, keys, runner, environment: voice.environment },
      typed,
      onHost,
    );

  async function shell(typed: string | undefined, onHost = false): Promise<void> {
    if (!(await byHand(typed, onHost))) return;
    handMade = true;
    await options.moved?.('by-hand');
    page.tell(`${indent}${page.say(words.byHandBack)}`);
  }

  /** Whether the state has something that the learner did by hand. */
  let handMade = false;

  async function takeHandBack(): Promise<void> {
    const { lines, differs } = await stepper.restore();
    handMade = false;
    await options.moved?.('by-hand');
    page.tell();
    page.tell(page.style(1, ` ↩ ${stepper.at()}½ ${page.say(words.byHand)}`));
    for (const line of lines) page.command(line);
    page.tell(`${indent}${page.say(differs.length === 0 ? words.equal : words.differs)}`);
    page.changes(differs);
  }

  function inspect(): void {
    const { host, containers: inside } = stepper.state();
    for (const [place, network] of [['host', host] as const, ...Object.entries(inside)]) {
      page.tell();
      page.tell(page.style(1, ` ${place}`));
      for (const line of networkLines(network)) {
        for (const part of wrap(line, page.width - indent.length - 2))
          page.tell(`${indent}${part}`);
      }
    }
  }

  async function explain(): Promise<void> {
    const step = atHand(stepper);
    if (step === undefined) return;
    page.tell();
    page.paragraph(page.say(step.title), ' ');
    page.paragraph(page.say(step.why));
    for (const line of await explained(stepper, page.language, page.width - indent.length)) {
      page.tell(`${indent}${line}`);
    }
  }

  async function breakSomething(): Promise<void> {
    const chosen = await chooseFault(stepper, page, keys, options.random);
    if (chosen === undefined) return;
    const at = { stepper, page, keys, ended: options.ended, byHand, view };
    if ((await findFault(at, chosen)) === 'quit') again = { key: 'q' };
    handMade = false;
  }

  async function view(key: string): Promise<void> {
    if (key === 'i') inspect();
    else if (key === 'e') await explain();
    else if (key === 'g') {
      for (const line of await drawn(stepper, page.language, page.width)) page.tell(line);
    } else page.tell(`${indent}${page.say(words.unknownKey)}${page.say(words.colon)}${key}`);
  }

  /** A key that is to be handled again, one level up. */
  let again: Key | undefined;

  for (;;) {
    tellPlace();
    ask();
    page.tell();
    page.paragraph(page.say(words.keys), ' ');
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
