import { fill, shellLine } from '../model/command.ts';
import type { Text } from '../model/text.ts';
import { type Fault, faultsFor } from './faults.ts';
import type { Keys } from './keys.ts';
import { indent, type Page } from './page.ts';
import type { Stepper } from './stepper.ts';
import { words } from './words.ts';

interface Chosen {
  readonly fault: Fault;
  /** The learner is not told which. */
  readonly secret: boolean;
}

interface ConsoleParts {
  readonly stepper: Stepper;
  readonly page: Page;
  readonly keys: Keys;
  readonly ended: () => boolean;
  readonly byHand: (typed: string | undefined, onHost: boolean) => Promise<boolean>;
  /** Shows what a key asks for. */
  readonly view: (key: string) => Promise<void>;
}

/** Asks for a fault that this lab can have. */
export async function chooseFault(
  stepper: Stepper,
  page: Page,
  keys: Keys,
  random: () => number,
): Promise<Chosen | undefined> {
  const faults = faultsFor(stepper.plan, stepper.state());
  if (faults.length === 0) {
    page.tell(`${indent}${page.say(words.noFault)}`);
    return undefined;
  }
  page.tell();
  page.paragraph(page.say(words.breakIt), ' ');
  // One key is one fault.
  const shown = faults.slice(0, 9);
  for (const [index, fault] of shown.entries())
    page.tell(`${indent}${index + 1}  ${page.say(fault.title)}`);
  page.tell(`${indent}?  ${page.say(words.surprise)}`);
  const typed = await keys.next();
  if (typed === undefined || !('key' in typed)) return undefined;
  const secret = typed.key === '?';
  const fault = secret
    ? faults[Math.floor(random() * faults.length)]
    : shown[Number(typed.key) - 1];
  return fault === undefined ? undefined : { fault, secret };
}

/** One fault, from breaking to being put right. */
export async function findFault(
  { stepper, page, keys, ended, byHand, view }: ConsoleParts,
  { fault, secret }: Chosen,
): Promise<'done' | 'quit'> {
  if (!secret) tellFault(page, stepper, fault);
  await stepper.run(fault.commands);
  page.paragraph(page.say(words.broken), ' ✘ ');
  let hinted = 0;
  let asked = 0;
  const onHost = fault.commands.every(({ where }) => where === undefined);
  for (;;) {
    page.tell();
    page.paragraph(page.say(words.faultKeys), ' ');
    const typed = await keys.next();
    const key = typed === undefined || ended() ? 'q' : 'key' in typed ? typed.key : '!';
    switch (key) {
      case 'h': {
        const hints = [...fault.hints, ...stateHints(stepper)];
        const hint = hints[Math.min(hinted, hints.length - 1)] as Text;
        hinted += 1;
        page.paragraph(
          `${page.say(words.hint)} ${Math.min(hinted, hints.length)}/${hints.length}${page.say(words.colon)}${page.say(hint)}`,
        );
        break;
      }
      case 's':
      case 'q':
      case 'b': {
        page.tell(
          `${indent}${page.say(words.solution)}${page.say(words.colon)}${page.say(fault.title)}`,
        );
        tellFault(page, stepper, fault);
        const { lines, differs } = await stepper.restore();
        if (lines.length > 0)
          page.tell(`${indent}${page.say(words.putRight)}${page.say(words.colon)}`);
        for (const line of lines) page.command(line);
        page.changes(differs);
        return key === 'q' ? 'quit' : 'done';
      }
      case 'f': {
        await stepper.look();
        const differs = stepper.differs();
        if (differs.length === 0) {
          page.tell(` ✔ ${page.say(words.fixed)}`);
          return 'done';
        }
        page.paragraph(page.say(words.notFixed), ' ✘ ');
        // The first time it would be the solution.
        if (asked > 0) {
          page.tell(`${indent}${page.say(words.stillDiffers)}`);
          page.changes(differs.slice(0, 3));
        }
        asked += 1;
        break;
      }
      case '!':
        await byHand(typed !== undefined && 'line' in typed ? typed.line : undefined, onHost);
        break;
      default:
        await view(key);
    }
  }
}

function tellFault(page: Page, stepper: Stepper, { commands }: Fault): void {
  for (const { argv } of commands) {
    page.tell(page.style(36, `${indent}${shellLine(fill(argv, stepper.pids()))}`));
  }
}

/** Hints from what differs on this very host. */
function stateHints(stepper: Stepper): readonly Text[] {
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
