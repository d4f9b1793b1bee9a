/** /run/ctr for root; for anybody else the user's own runtime directory (XDG Base Directory). */
export function defaultStateDir(
  environment: Readonly<Record<string, string | undefined>>,
  uid: number,
): string {
  const chosen = environment.CTR_STATE_DIR;
  if (chosen !== undefined && chosen !== '') return chosen;
  if (uid === 0) return '/run/ctr';
  const runtime = environment.XDG_RUNTIME_DIR;
  return runtime?.startsWith('/') ? `${runtime}/ctr` : `/tmp/ctr-${uid}`;
}
