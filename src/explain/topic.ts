import type { Text } from '../model/text.ts';

/** One command of a demonstration. */
export interface Scene {
  readonly says: Text;
  /** The line as a person would type it in the demonstration's directory. `ctr` stands for this program. */
  readonly line: string;
}

/** An answer of `ctr explain`. */
export interface Topic {
  readonly title: Text;
  /** Paragraphs. */
  readonly text: readonly Text[];
  /** A demonstration in a sandbox host: files beside a root file system `labex`, and commands. */
  readonly scenes?: {
    readonly files: Readonly<Record<string, string>>;
    readonly list: readonly Scene[];
    /** What the demonstration shows. */
    readonly moral: Text;
  };
}
