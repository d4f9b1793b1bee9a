import { useMemo } from 'preact/hooks';
import type { Language } from '../../model/text.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { Inventory } from './inventory.tsx';
import { Scroll } from './scroll.tsx';
import { words } from './words.ts';

export interface Pictures {
  /** Draws a stop, as SVG. */
  draw(at: number, language: Language): string;
  /** Whether the picture of a stop differs from the one before. */
  isNew(at: number): boolean;
}

interface PictureProps {
  readonly pictures: Pictures;
  readonly at: number;
  readonly state: Snapshot | undefined;
  readonly language: Language;
}

/** The picture of a stop, and the same as a list. */
export function Picture({ pictures, at, state, language }: PictureProps) {
  const svg = useMemo(() => pictures.draw(at, language), [pictures, at, language]);
  return (
    <figure class="picture">
      <Scroll class="drawing" label={words.picture[language]} svg={svg} />
      {state !== undefined && (
        <details class="inventory">
          <summary>{words.list[language]}</summary>
          <Inventory state={state} language={language} />
        </details>
      )}
    </figure>
  );
}
