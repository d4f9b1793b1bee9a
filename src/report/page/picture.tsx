import { useMemo } from 'preact/hooks';
import type { Language } from '../../model/text.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { Inventory } from './inventory.tsx';
import { words } from './words.ts';

/** Draws a stop, as SVG. */
export type Pictures = (at: number, language: Language) => string;

interface PictureProps {
  readonly pictures: Pictures;
  readonly at: number;
  readonly state: Snapshot | undefined;
  readonly language: Language;
}

/** The picture of a stop, and the same as a list. */
export function Picture({ pictures, at, state, language }: PictureProps) {
  const svg = useMemo(() => pictures(at, language), [pictures, at, language]);
  return (
    <figure class="picture">
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own SVG, in which all text is escaped */}
      <div class="drawing" dangerouslySetInnerHTML={{ __html: svg }} />
      <figcaption class="visually-hidden">{words.picture[language]}</figcaption>
      {state !== undefined && (
        <details class="inventory">
          <summary>{words.list[language]}</summary>
          <Inventory state={state} language={language} />
        </details>
      )}
    </figure>
  );
}
