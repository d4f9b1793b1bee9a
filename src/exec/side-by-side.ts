/** Runs up to `width` generators concurrently and yields their values as they arrive. */
export async function* sideBySide<T>(
  generators: readonly AsyncGenerator<T, void>[],
  width: number,
): AsyncGenerator<T, void> {
  const waiting = generators.values();
  type Pulled = { readonly from: AsyncGenerator<T, void>; readonly next: IteratorResult<T, void> };
  const active = new Map<AsyncGenerator<T, void>, Promise<Pulled>>();
  const pull = (from: AsyncGenerator<T, void> | undefined) => {
    if (from !== undefined) {
      active.set(
        from,
        from.next().then((next) => ({ from, next })),
      );
    }
  };
  for (let lane = 0; lane < width; lane += 1) pull(waiting.next().value ?? undefined);
  while (active.size > 0) {
    const { from, next } = await Promise.race(active.values());
    active.delete(from);
    if (next.done === true) pull(waiting.next().value ?? undefined);
    else {
      yield next.value;
      pull(from);
    }
  }
}
