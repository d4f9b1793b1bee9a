import type { Language, Text } from '../../model/text.ts';
import type { PageData } from '../data.ts';
import { headingOf, whyOf } from './app.tsx';
import { Changes } from './changes.tsx';
import { Commands, Undo } from './commands.tsx';
import type { Pictures } from './picture.tsx';

interface PaperProps {
  readonly data: PageData;
  readonly pictures: Pictures;
  readonly language: Language;
}

/** Every step, one below the other, for paper. */
export function Paper({ data, pictures, language }: PaperProps) {
  const say = (text: Text) => text[language];
  const { header } = data;
  return (
    <>
      <h1>{header.name}</h1>
      <p class="origin">
        {header.made.slice(0, 10)} · Linux {header.kernel} · ctr {header.ctr}
      </p>
      {data.stops.map((stop, at) => {
        const { at: place, title } = headingOf(data, stop);
        return (
          <article key={at}>
            <h2>
              <span class="place">{say(place)}</span> {say(title)}
            </h2>
            {stop.kind !== 'start' && <p>{say(whyOf(data, stop))}</p>}
            {pictures.isNew(at) && (
              <div
                class="drawing"
                dangerouslySetInnerHTML={{ __html: pictures.draw(at, language) }}
              />
            )}
            <Commands data={data} stop={stop} language={language} paper />
            <Changes data={data} stop={stop} language={language} />
            <Undo data={data} stop={stop} language={language} />
          </article>
        );
      })}
    </>
  );
}
