import type { Text } from '../model/text.ts';

/** One command of a demonstration: what it is for, the line, and where it is run. */
export interface Scene {
  readonly says: Text;
  /** As a person would type it in the folder of the demonstration; `ctr` is this program. */
  readonly line: string;
}

/** Something that `ctr explain` knows. */
export interface Topic {
  readonly title: Text;
  /** Paragraphs. */
  readonly text: readonly Text[];
  /** Shown, not told: files beside a root file system `labex`, and commands, in a sandbox host. */
  readonly scenes?: {
    readonly files: Readonly<Record<string, string>>;
    readonly list: readonly Scene[];
    /** What was seen. */
    readonly moral: Text;
  };
}
