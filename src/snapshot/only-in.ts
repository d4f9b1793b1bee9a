/** Those of `some` that `others` lacks; of what is there several times, as many as are too many. */
export function onlyIn(some: readonly string[], others: readonly string[]): readonly string[] {
  const rest = new Map<string, number>();
  for (const one of others) rest.set(one, (rest.get(one) ?? 0) + 1);
  return some.filter((one) => {
    const left = rest.get(one) ?? 0;
    if (left > 0) rest.set(one, left - 1);
    return left === 0;
  });
}
