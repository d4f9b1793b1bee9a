import { findNodeAtLocation, type Node } from 'jsonc-parser';

/** The offset of the first bracket nested deeper than the limit. The parser recurses, so a limit protects its stack. */
export function deeperThan(levels: number, text: string): number | undefined {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"' || char === '\n') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '[' || char === '{') {
      depth += 1;
      if (depth > levels) return index;
    } else if (char === ']' || char === '}') depth -= 1;
  }
  return undefined;
}

/** The value of a node, as objects without a prototype: a key `__proto__` is harmless in them. */
export function plainOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plainOf);
  if (node.type !== 'object') return node.value;
  const entries = (node.children ?? []).flatMap((property): [string, unknown][] => {
    const [key, value] = property.children ?? [];
    return key === undefined || value === undefined ? [] : [[String(key.value), plainOf(value)]];
  });
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}

export function keyNodes(node: Node): readonly Node[] {
  return (node.children ?? []).flatMap((property) => property.children?.[0] ?? []);
}

export function* objectsIn(node: Node): Generator<Node> {
  if (node.type === 'object') yield node;
  for (const child of node.children ?? []) yield* objectsIn(child);
}

/** A text that finds line and column of an offset. Both count from 1. */
export class Source {
  private readonly starts: readonly number[];
  private readonly file: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  }

  lineOf(offset: number): number {
    return this.starts.findLastIndex((start) => start <= offset) + 1;
  }

  place(offset: number): string {
    const line = this.lineOf(offset);
    return `${this.file}:${line}:${offset - (this.starts[line - 1] ?? 0) + 1}`;
  }
}

/** The node at a path, or the innermost node around it that exists. */
export function nodeAt(root: Node, path: readonly PropertyKey[]): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const found = findNodeAtLocation(
      root,
      path.slice(0, length).map((part) => (typeof part === 'symbol' ? String(part) : part)),
    );
    if (found !== undefined) return found;
  }
  return root;
}
