import type { Language } from '../model/text.ts';
import type { Stop } from '../recording/stops.ts';

/** TEMPORARY until branch graph is merged. */
export function pictureLines(_stop: Stop, _language: Language): readonly string[] {
  return [];
}
