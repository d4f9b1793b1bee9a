import type { Text } from '../model/text.ts';
import type { Finding } from './finding.ts';
import type { Host } from './host.ts';

/** One part of the report. It reads, and changes nothing. */
export interface Examination {
  /** The name of the part in --json. */
  readonly area: string;
  /** Its name for people: at most twelve columns wide. */
  readonly title: Text;
  examine(host: Host): Promise<readonly Finding[]> | readonly Finding[];
}
