import { Fragment } from 'preact';
import type { Language, Text } from '../../model/text.ts';
import { said } from '../../replay/words.ts';
import type { PageData, PageStop } from '../data.ts';
import { Scroll } from './scroll.tsx';
import { words } from './words.ts';

interface CommandsProps {
  readonly data: PageData;
  readonly stop: PageStop;
  readonly language: Language;
  /** On paper everything is open, but for explanations of words. */
  readonly paper?: boolean;
}

/** A command that breaks between its words, and inside of one only where it is longer than a line. */
function Words({ line }: { readonly line: string }) {
  return (
    <>
      {line.split(' ').map((word, at) => (
        <Fragment key={at}>
          {at > 0 && ' '}
          <span class="word">{word}</span>
        </Fragment>
      ))}
    </>
  );
}

/** The commands of a step, and what their words mean. */
export function Commands({ data, stop, language, paper = false }: CommandsProps) {
  const say = (text: Text) => text[language];
  if (stop.kind === 'end' || stop.kind === 'back') {
    if (stop.undone.length === 0) return null;
    return (
      <section class="commands">
        <h3>{say(words.wayBack)}</h3>
        <Scroll label={say(words.wayBack)}>{stop.undone.join('\n')}</Scroll>
      </section>
    );
  }
  const step = data.header.steps[stop.number];
  if (stop.kind !== 'step' || step === undefined) return null;
  const explained = data.tokens[stop.number] ?? [];
  const lines =
    stop.ran.length > 0 ? stop.ran.map(({ line }) => line) : step.commands.map(({ line }) => line);
  return (
    <section class="commands">
      <h3>
        {say(words.command)}{' '}
        {stop.ran.length > 0 && (
          <small class="dim">
            {stop.ran.reduce((sum, { ms }) => sum + ms, 0)} {say(words.ms)}
          </small>
        )}
      </h3>
      {lines.map((line, index) => {
        const { input = [], contents } = step.commands.find((one) => one.line === line) ?? { line };
        const tokens = explained[index] ?? [];
        return (
          <div key={index} class="command">
            <Scroll label={`${say(words.command)} ${index + 1}`}>
              <Words line={line} />
            </Scroll>
            {input.length > 0 && (
              <>
                <p class="dim">{say(words.input)}</p>
                <Scroll class="input" label={say(words.input)}>
                  {input.join('\n')}
                </Scroll>
              </>
            )}
            {contents === true && <p class="dim">{say(said.contents)}</p>}
            {!paper && tokens.length > 0 && (
              <details>
                <summary>{say(words.meaning)}</summary>
                <dl class="tokens">
                  {tokens.map(([token, sentence, level], at) => (
                    <div key={at} class={`level-${Math.min(level, 3)}`}>
                      <dt>
                        <code>{token}</code>
                      </dt>
                      <dd>{say(data.sentences[sentence] ?? { en: '', zh: '' })}</dd>
                    </div>
                  ))}
                </dl>
              </details>
            )}
          </div>
        );
      })}
    </section>
  );
}

/** What removes what a step has made. */
export function Undo({ data, stop, language }: CommandsProps) {
  const say = (text: Text) => text[language];
  const step = data.header.steps[stop.number];
  if (stop.kind !== 'step' || step === undefined) return null;
  return (
    <section class="undo">
      <h3>{say(words.undo)}</h3>
      {step.undo.length === 0 ? (
        <p class="dim">{say(step.goes ?? said.noUndo)}</p>
      ) : (
        <Scroll label={say(words.undo)}>{step.undo.join('\n')}</Scroll>
      )}
    </section>
  );
}
