function bySection(text: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('== ')) {
      lines = [];
      sections.set(line.slice(3), lines);
    } else if (line.trim() !== '') lines.push(line);
  }
  return sections;
}

/** A line that only one of two snapshots has. */
export interface Difference {
  readonly section: string;
  readonly sign: '+' | '-';
  readonly line: string;
}

/** A difference as one line of text. */
export function inWords({ section, sign, line }: Difference): string {
  return `${section}: ${sign} ${line}`;
}

/** Compares two snapshots. */
export function differences(before: string, after: string): readonly Difference[] {
  const [was, is] = [bySection(before), bySection(after)];
  return [...is].flatMap(([section, lines]) => {
    const only = (sign: '+' | '-', some: readonly string[], others: readonly string[]) => {
      const rest = [...others];
      return some.flatMap((line): Difference[] => {
        const at = rest.indexOf(line);
        if (at < 0) return [{ section, sign, line }];
        rest.splice(at, 1);
        return [];
      });
    };
    const old = was.get(section) ?? [];
    return [...only('-', old, lines), ...only('+', lines, old)];
  });
}
