export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * The entries of a JSON array that `ip -j` printed. An interface name may contain control characters, and `ip` does not
 * escape them. ctr replaces them by spaces, which makes the text valid JSON.
 */
export function parseJsonArray(stdout: string): readonly unknown[] {
  const text = stdout.replaceAll(/\p{Cc}/gu, ' ');
  if (text.trim() === '') return [];
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value : [];
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
