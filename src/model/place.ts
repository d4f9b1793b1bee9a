/** A network namespace that a trace or a diagnosis looks into. */
export type Place = 'host' | 'world' | `container ${string}` | `node ${string}`;

export function containerPlace(name: string): Place {
  return `container ${name}`;
}

/** A network beside this host's that a packet may pass: another node, or a container on one. */
export function nodePlace(name: string): Place {
  return `node ${name}`;
}

/** What a person calls it: the name of a container or node, or the place itself. */
export function shortPlace(place: string): string {
  return place.replace(/^(?:container|node) /, '');
}
