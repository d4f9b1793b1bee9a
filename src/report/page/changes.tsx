import type { Language, Text } from '../../model/text.ts';
import { byPlace, objectNames, placeName } from '../../replay/changes.ts';
import type { CausedChange } from '../../snapshot/change.ts';
import type { PageData, PageStop } from '../data.ts';
import { words } from './words.ts';

interface ChangesProps {
  readonly data: PageData;
  readonly stop: PageStop;
  readonly language: Language;
}

const signs = { added: '+', removed: '−', changed: '~', moved: '→' } as const;
const opWords = {
  added: { en: 'new', zh: '新增' },
  removed: { en: 'gone', zh: '消失' },
  changed: { en: 'changed', zh: '变化' },
  moved: { en: 'moved', zh: '移动' },
} as const;

function Row({
  change,
  say,
}: {
  readonly change: CausedChange;
  readonly say: (text: Text) => string;
}) {
  const { op, object, of, field, from, to, cause } = change;
  return (
    <li class={`change ${op} ${cause}`}>
      <span class="sign" aria-hidden="true">
        {cause === 'surprise' ? '!' : ''}
        {signs[op]}
      </span>
      <span>
        <span class="visually-hidden">{say(opWords[op])}: </span>
        <span class="object">{say(objectNames[object] ?? { en: object, zh: object })}</span>{' '}
        <code>{of}</code>
        {op === 'changed' && (
          <>
            {' '}
            {field !== undefined && <span class="field">{field}</span>} <del>{from ?? '–'}</del>
            <span class="arrow"> → </span>
            <ins>{to ?? '–'}</ins>
          </>
        )}
        {op === 'moved' && (
          <>
            {' '}
            ← <code>{from}</code>
          </>
        )}
      </span>
    </li>
  );
}

/** What changed at a stop, by place; what nobody asked for with its sentence. */
export function Changes({ data, stop, language }: ChangesProps) {
  const say = (text: Text) => text[language];
  const { changes, hidden = {}, missing = [], failed } = stop;
  const whole = (changes ?? []).map(({ why, ...change }): CausedChange => {
    const sentence = why === undefined ? undefined : data.sentences[why];
    return sentence === undefined ? change : { ...change, why: sentence };
  });
  const places = byPlace({ changes: whole, hidden: {}, missing: [] });
  const unseen = Object.entries(hidden).map(([kind, count]) => `${kind} × ${count}`);
  return (
    <div class="changes">
      {stop.kind !== 'start' && <h3>{say(words.changed)}</h3>}
      {failed !== undefined && (
        <div class="failed">
          <p>{say(words.failed)}</p>
          <pre>{failed}</pre>
        </div>
      )}
      {stop.kind !== 'start' && changes === undefined && <p class="dim">{say(words.unread)}</p>}
      {changes?.length === 0 && <p class="dim">{say(words.unchanged)}</p>}
      {places.map(({ place, groups }) => (
        <section key={place}>
          <h4>{placeName(place, language)}</h4>
          {groups.map(({ changes: list, why }, index) => (
            <div
              key={index}
              class={list[0]?.cause === 'surprise' ? 'group surprise' : 'group asked'}
            >
              <p class="cause">
                {say(list[0]?.cause === 'surprise' ? words.sideEffect : words.askedFor)}
              </p>
              <ul>
                {list.map((change, at) => (
                  <Row key={at} change={change} say={say} />
                ))}
              </ul>
              {why !== undefined && <p class="sentence">{say(why)}</p>}
            </div>
          ))}
        </section>
      ))}
      {missing.map((one) => (
        <p key={one.en} class="failed">
          {say(words.missing)}: {say(one)}
        </p>
      ))}
      {unseen.length > 0 && (
        <p class="dim">
          {say(words.hidden)}: {unseen.join(', ')}
        </p>
      )}
    </div>
  );
}
