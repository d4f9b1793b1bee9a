import type { Found, Hint } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';
import type { Position } from '../position.ts';
import type { End } from '../wires.ts';
import {
  type BridgeVisit,
  bridgesOf,
  lostBetween,
  type Transmission,
  transmissions,
} from './transmissions.ts';

/** The command that shows an interface. */
export function showLink({ place, dev }: End): Hint {
  return { place, argv: ['ip', 'link', 'show', 'dev', dev] };
}

/** A fault at an interface shows where its namespace takes frames in, or sends them. */
export function lostAt(tx: Transmission, ...ends: readonly End[]): readonly Position[] {
  return lostBetween(
    tx,
    ...ends.flatMap(({ place }) =>
      (['ingress', 'bridge', 'bridge-out', 'egress'] as const).map(
        (point) => [place, point] as const,
      ),
    ),
  );
}

/** Asks about every bridge between two routers of the way. */
export function onBridges(
  evidence: Evidence,
  path: Path,
  judge: (tx: Transmission, visit: BridgeVisit) => readonly Found[],
): readonly Found[] {
  return transmissions(evidence, path).flatMap((tx) =>
    bridgesOf(tx, evidence).flatMap((visit) => judge(tx, visit)),
  );
}
