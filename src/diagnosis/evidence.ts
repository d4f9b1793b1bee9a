import type { Lab } from '../model/lab.ts';
import type { Place } from '../model/place.ts';
import type { Walk } from '../trace/walk.ts';
import type { Reading } from './reading.ts';

/** Who wants to reach whom. */
export interface Question {
  readonly from: Place;
  /** IPv4 address. */
  readonly to: string;
  readonly protocol: 'icmp' | 'tcp' | 'udp';
  readonly port?: number;
  /** The name that stands for the address, if the user gave one. */
  readonly name?: string;
  /** A name that could not be resolved: then there is no walk, and `to` is the name server. */
  readonly unresolved?: { readonly name: string; readonly said: string };
}

/** All that a cause may look at. */
export interface Evidence {
  readonly question: Question;
  readonly reading: Reading;
  /** What the run's config asks for; absent for containers that ctr did not make. */
  readonly lab?: Lab;
  /** The probe's way, when one was sent. */
  readonly walk?: Walk;
  /** Read again after the probe: neighbours and counters have moved. */
  readonly after?: Reading;
}
