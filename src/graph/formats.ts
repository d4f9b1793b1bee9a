/** The formats of `ctr graph --format`. */
export const graphFormats = ['text', 'ascii', 'alt', 'svg', 'mermaid', 'dot', 'json'] as const;
export type GraphFormat = (typeof graphFormats)[number];

export function isGraphFormat(word: string): word is GraphFormat {
  return graphFormats.some((one) => one === word);
}
