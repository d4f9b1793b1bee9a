import { readFileSync, statSync } from 'node:fs';
import type { ShownEvent } from '../json/events.ts';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Diff } from '../snapshot/change.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { patched } from './patch.ts';
import {
  type Header,
  type Moment,
  type Recording,
  recordingFormat,
  recordingVersion,
  type TimedEvent,
} from './recording.ts';
import { type Line, lineSchema, snapshotSchema } from './schema.ts';

const maxBytes = 64 * 1024 * 1024;

function unreadable(file: string, why: { readonly en: string; readonly zh: string }): CtrError {
  return new CtrError('recording-unreadable', exitCodes.usage, {
    en: `cannot read the recording ${file}: ${why.en}`,
    zh: `无法读取录制文件 ${file}：${why.zh}`,
  });
}

function damaged(file: string, line: number, said: string): CtrError {
  return new CtrError(
    'recording-damaged',
    exitCodes.config,
    { en: `${file}:${line} is damaged`, zh: `${file}:${line} 已损坏` },
    { said },
  );
}

function noRecording(file: string): CtrError {
  return new CtrError(
    'not-a-recording',
    exitCodes.config,
    { en: `${file} is not a recording of ctr`, zh: `${file} 不是 ctr 的录制文件` },
    { try: ['ctr up --record FILE CONFIG'] },
  );
}

function newer(file: string, version: unknown): CtrError {
  return new CtrError(
    'recording-newer',
    exitCodes.config,
    {
      en: `${file} was recorded by a newer ctr (format ${String(version)}, this ctr reads ${recordingVersion})`,
      zh: `${file} 由更新版本的 ctr 录制（格式 ${String(version)}，当前 ctr 只能读取格式 ${recordingVersion}）`,
    },
    { try: ['npm install --global ctrnet@latest'] },
  );
}

function textOf(file: string): string {
  try {
    const stat = statSync(file);
    if (stat.size > maxBytes) {
      throw unreadable(file, { en: 'it is larger than 64 MiB', zh: '文件大于 64 MiB' });
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof CtrError) throw error;
    throw unreadable(file, sayErrno(error));
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Checks the first line before the others: only it tells what the file is. */
function refuseOthers(file: string, first: string): void {
  const value = parsed(first);
  if (typeof value !== 'object' || value === null) throw noRecording(file);
  const { format, version } = value as { readonly format?: unknown; readonly version?: unknown };
  if (format !== recordingFormat) throw noRecording(file);
  if (typeof version === 'number' && version > recordingVersion) throw newer(file, version);
}

/** An event with the words of its step, which stand in the header. */
function wholeEvent(event: { readonly event: string }, header: Header | undefined): ShownEvent {
  const { step } = event as { readonly step?: number };
  const words = event.event === 'step' && step !== undefined ? header?.steps[step] : undefined;
  if (words === undefined) return event as ShownEvent;
  return { ...event, title: words.title, why: words.why } as ShownEvent;
}

/** Assembles the lines. Each snapshot is checked as a whole, after its patch. */
function assemble(file: string, lines: readonly Line[], cut: boolean): Recording {
  let header: Header | undefined;
  const moments: Moment[] = [];
  let events: TimedEvent[] = [];
  let state: unknown;
  for (const [index, line] of lines.entries()) {
    if ((line.line === 'header') !== (index === 0)) {
      throw damaged(file, index + 1, 'the header is the first line');
    }
    switch (line.line) {
      case 'header':
        header = line as unknown as Header;
        break;
      case 'event':
        events.push({ ms: line.ms, event: wholeEvent(line.event, header) });
        break;
      case 'snapshot': {
        state = line.state ?? patched(state, line.patch);
        const checked = snapshotSchema.safeParse(state);
        if (!checked.success) throw damaged(file, index + 1, issueOf(checked.error.issues));
        const { ms, moment: kind, step } = line;
        moments.push({ kind, step, ms, events, state: checked.data as unknown as Snapshot });
        events = [];
        break;
      }
      case 'diff': {
        const last = moments.pop();
        if (last === undefined) throw damaged(file, index + 1, 'a diff without a snapshot');
        const { changes, hidden, missing } = line;
        moments.push({ ...last, diff: { changes, hidden, missing } as Diff });
        break;
      }
    }
  }
  if (header === undefined) throw noRecording(file);
  return { header, moments, rest: events, cut };
}

function issueOf(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  const [first] = issues;
  return first === undefined ? '' : `${first.path.map(String).join('.')}: ${first.message}`;
}

/** Parses a recording. @param file its name, for messages. */
export function parseRecording(file: string, text: string): Recording {
  const raw = text.split('\n');
  const ending = raw.pop() ?? '';
  // A line that is not ended was being written when ctr was killed.
  const cut = ending !== '';
  if (raw.length === 0) throw noRecording(file);
  refuseOthers(file, raw[0] ?? '');
  const lines = raw.map((line, index) => {
    const value = parsed(line);
    if (value === undefined) throw damaged(file, index + 1, 'not JSON');
    const checked = lineSchema.safeParse(value);
    if (!checked.success) throw damaged(file, index + 1, issueOf(checked.error.issues));
    return checked.data;
  });
  return assemble(file, lines, cut);
}

/** Reads a recording. @throws CtrError when it is damaged, made by a newer ctr, or none. */
export function readRecording(file: string): Recording {
  return parseRecording(file, textOf(file));
}
