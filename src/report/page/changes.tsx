import type { Language, Text } from '../../model/text.ts';
import { byPlace, type ChangeGroup, hiddenText, placeName } from '../../replay/changes.ts';
import type { CausedChange } from '../../snapshot/change.ts';
import { tell } from '../../snapshot/sentences.ts';
import type { PageData, PageStop } from '../data.ts';
import { words } from './words.ts';

interface ChangesProps {
  readonly data: PageData;
  readonly stop: PageStop;
  readonly language: Language;
}

function Row({
  change,
  say,
}: {
  readonly change: CausedChange;
  readonly say: (text: Text) => string;
}) {
  const { sign, what, detail, cause } = tell(change);
  // From one value to another: the new one stands out.
  const [, before = say(detail), after = ''] = /^(.* → )(.*)$/.exec(say(detail)) ?? [];
  return (
    <li class={`change ${change.op}`}>
      <span class="sign" aria-hidden="true">
        {sign === '-' ? '−' : sign}
      </span>
      <span>
        <span class="visually-hidden">{say(cause)}: </span>
        <code>{say(what)}</code> {before}
        <strong>{after}</strong>
      </span>
    </li>
  );
}

function Group({
  group,
  say,
}: {
  readonly group: ChangeGroup;
  readonly say: (text: Text) => string;
}) {
  const { changes, why } = group;
  const surprise = changes[0]?.cause === 'surprise';
  return (
    <div class={surprise ? 'group surprise' : 'group asked'}>
      <p class="cause">{say(surprise ? words.sideEffect : words.askedFor)}</p>
      <ul>
        {changes.map((change, at) => (
          <Row key={at} change={change} say={say} />
        ))}
      </ul>
      {why !== undefined && <p class="sentence">{say(why)}</p>}
    </div>
  );
}

/** Whether these always come with another change. */
function isMinor({ changes }: ChangeGroup): boolean {
  return changes.every(({ minor }) => minor === true);
}

/** What changed at a stop, by place; what nobody asked for with its sentence. */
export function Changes({ data, stop, language }: ChangesProps) {
  const say = (text: Text) => text[language];
  const { changes, hidden = {}, missing = [], failed } = stop;
  const whole = (changes ?? []).map(({ why, ...change }): CausedChange => {
    const sentence = why === undefined ? undefined : data.sentences[why];
    return sentence === undefined ? change : { ...change, why: sentence };
  });
  const places = byPlace({ changes: whole });
  const unseen = hiddenText(hidden, language);
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
          {groups
            .filter((group) => !isMinor(group))
            .map((group, index) => (
              <Group key={index} group={group} say={say} />
            ))}
          {groups.some(isMinor) && (
            <details>
              <summary>
                {say(words.minor)}:{' '}
                {groups.filter(isMinor).flatMap(({ changes: all }) => all).length}
              </summary>
              {groups.filter(isMinor).map((group, index) => (
                <Group key={index} group={group} say={say} />
              ))}
            </details>
          )}
        </section>
      ))}
      {missing.map((one) => (
        <p key={one.en} class="failed">
          {say(words.missing)}: {say(one)}
        </p>
      ))}
      {unseen !== undefined && (
        <p class="dim">
          {say(words.hidden)}: {unseen}
        </p>
      )}
    </div>
  );
}
