import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Language, Text } from '../../model/text.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { PageData, PageStop } from '../data.ts';
import { Changes } from './changes.tsx';
import { Commands, Undo } from './commands.tsx';
import { Picture, type Pictures } from './picture.tsx';
import { Scroll } from './scroll.tsx';
import { statesOf } from './states.ts';
import { words } from './words.ts';

export interface AppProps {
  readonly data: PageData;
  readonly pictures: Pictures;
  readonly language: Language;
  readonly speak: (language: Language) => void;
}

/** Which stop it is, and what it is about. */
export function headingOf(
  { header }: PageData,
  { kind, number }: PageStop,
): { at: Text; title: Text } {
  const total = header.steps.length;
  const title = header.steps[number]?.title ?? words.byHand;
  switch (kind) {
    case 'start':
      return { at: { en: `0 / ${total}`, zh: `0 / ${total}` }, title: words.start };
    case 'end':
      return { at: { en: 'end', zh: '结束' }, title: words.end };
    case 'by-hand':
      return {
        at: { en: `after ${number + 1}`, zh: `第 ${number + 1} 步之后` },
        title: words.byHand,
      };
    case 'back':
      return {
        at: { en: `${number + 1} / ${total} ↩`, zh: `${number + 1} / ${total} ↩` },
        title: { en: `${title.en} (${words.undone.en})`, zh: `${title.zh}（${words.undone.zh}）` },
      };
    case 'step':
      return { at: { en: `${number + 1} / ${total}`, zh: `${number + 1} / ${total}` }, title };
  }
}

export function whyOf({ header }: PageData, { kind, number }: PageStop): Text {
  if (kind === 'start') return words.startWhy;
  if (kind === 'end') return words.endWhy;
  if (kind === 'by-hand') return words.byHandWhy;
  return header.steps[number]?.why ?? words.byHandWhy;
}

function Steps({
  data,
  at,
  go,
  say,
}: {
  data: PageData;
  at: number;
  go: (at: number) => void;
  say: (text: Text) => string;
}) {
  const current = useRef<HTMLButtonElement>(null);
  useEffect(() => current.current?.scrollIntoView({ block: 'nearest' }), [at]);
  const chapterAt = (index: number) => {
    const stop = data.stops[index];
    return stop?.kind === 'step' ? data.header.steps[stop.number]?.chapter : undefined;
  };
  return (
    <ol>
      {data.stops.map((stop, index) => {
        const { at: place, title } = headingOf(data, stop);
        const chapter = chapterAt(index);
        const opens = chapter !== undefined && chapter.en !== chapterAt(index - 1)?.en;
        return (
          <Fragment key={index}>
            {opens && <li class="chapter">{say(chapter)}</li>}
            <li>
              <button
                type="button"
                ref={index === at ? current : null}
                aria-current={index === at ? 'step' : undefined}
                class={index < at ? 'past' : ''}
                onClick={() => go(index)}
              >
                <span class="number">
                  {stop.kind === 'step'
                    ? stop.number + 1
                    : stop.kind === 'end'
                      ? '↩'
                      : say(place).replace(/^0 .*/, '○')}
                </span>
                <span>{say(title)}</span>
              </button>
            </li>
          </Fragment>
        );
      })}
    </ol>
  );
}

function Raw({
  stop,
  state,
  say,
}: {
  stop: PageStop;
  state: Snapshot | undefined;
  say: (text: Text) => string;
}) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say(words.raw)}</summary>
      {open && (
        <Scroll class="raw" label={say(words.raw)}>
          {JSON.stringify({ ...stop, patch: undefined, snapshot: state }, null, 2)}
        </Scroll>
      )}
    </details>
  );
}

export function App({ data, pictures, language, speak }: AppProps) {
  const [at, setAt] = useState(0);
  const last = data.stops.length - 1;
  const say = (text: Text) => text[language];
  const go = (next: number) => setAt(Math.max(0, Math.min(last, next)));
  // Keys may come faster than the page is drawn.
  const by = (steps: number) => setAt((now) => Math.max(0, Math.min(last, now + steps)));
  const states = useMemo(() => statesOf(data), [data]);

  // Before the first key can be pressed.
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const target = event.target as HTMLElement;
      // The slider knows these keys itself, and a list that scrolls needs Home and End.
      if (target.matches('input, pre, select, textarea')) return;
      const moves: Readonly<Record<string, () => void>> = {
        ArrowLeft: () => by(-1),
        ArrowRight: () => by(1),
        b: () => by(-1),
        n: () => by(1),
        Home: () => go(0),
        End: () => go(last),
      };
      const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
      if (move === undefined) return;
      event.preventDefault();
      move();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [last]);

  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = `${data.header.name} · ctr`;
  }, [language]);

  const stop = data.stops[at];
  if (stop === undefined) return <p>{say(words.unread)}</p>;
  const { at: place, title } = headingOf(data, stop);
  const { header } = data;
  const surprises = stop.changes?.filter(({ cause }) => cause === 'surprise').length ?? 0;
  const announced = `${say(place)}: ${say(title)}. ${
    {
      en: `${stop.changes?.length ?? 0} changes, ${surprises} side effects`,
      zh: `${stop.changes?.length ?? 0} 处变化，其中 ${surprises} 处是附带的变化`,
    }[language]
  }`;
  return (
    <>
      <header class="top">
        <h1>
          <span class="badge">{say(words.recording)}</span> {header.name}
        </h1>
        <p class="origin">
          {header.made.slice(0, 16).replace('T', ' ')} UTC ·{' '}
          {header.place === 'sandbox' ? 'sandbox' : 'host'} · Linux {header.kernel} · ctr{' '}
          {header.ctr}
        </p>
        <button
          type="button"
          class="language"
          lang={language === 'en' ? 'zh-CN' : 'en'}
          onClick={() => speak(language === 'en' ? 'zh' : 'en')}
        >
          {say(words.language)}
        </button>
      </header>
      <main>
        <nav aria-label={say(words.steps)} class="steps">
          <h2>{say(words.steps)}</h2>
          <Steps data={data} at={at} go={go} say={say} />
        </nav>
        <section class="side" aria-labelledby="title">
          <div class="heading">
            <p class="place">{say(place)}</p>
            <h2 id="title">{say(title)}</h2>
            <p class="why">{say(whyOf(data, stop))}</p>
          </div>
          <Commands data={data} stop={stop} language={language} />
          <Changes data={data} stop={stop} language={language} />
          <Undo data={data} stop={stop} language={language} />
          <Raw key={at} stop={stop} state={states[at]} say={say} />
        </section>
        <section class="centre" aria-label={say(words.picture)}>
          <Picture pictures={pictures} at={at} state={states[at]} language={language} />
        </section>
      </main>
      <section class="bar" aria-label={say(words.controls)}>
        <button
          type="button"
          onClick={() => go(0)}
          disabled={at === 0}
          aria-label={say(words.first)}
        >
          |◀
        </button>
        <button type="button" onClick={() => go(at - 1)} disabled={at === 0}>
          ◀ {say(words.back)}
        </button>
        <input
          type="range"
          min={0}
          max={last}
          value={at}
          aria-label={say(words.position)}
          aria-valuetext={`${say(place)}: ${say(title)}`}
          onInput={(event) => go(Number(event.currentTarget.value))}
        />
        <button type="button" class="forward" onClick={() => go(at + 1)} disabled={at === last}>
          {say(words.next)} ▶
        </button>
        <button
          type="button"
          onClick={() => go(last)}
          disabled={at === last}
          aria-label={say(words.last)}
        >
          ▶|
        </button>
        <p class="keys">{say(words.keys)}</p>
      </section>
      <p class="visually-hidden" aria-live="polite">
        {announced}
      </p>
    </>
  );
}
