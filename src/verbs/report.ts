import type { Voice } from '../run/context.ts';

export interface ReportFlags {
  readonly html?: boolean;
  readonly md?: boolean;
  readonly worksheet?: boolean;
  readonly out?: string;
}
export async function report(
  _voice: Voice,
  _file: string | undefined,
  _flags: ReportFlags,
): Promise<number> {
  return 0;
}
