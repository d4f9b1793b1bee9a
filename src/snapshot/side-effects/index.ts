import { addresses } from './addresses.ts';
import { links } from './links.ts';
import { namespaces } from './namespaces.ts';
import { neighbours } from './neighbours.ts';
import { routes } from './routes.ts';
import { settings } from './settings.ts';
import type { SideEffect } from './surprise.ts';

/**
 * Known side effects; the first that matches explains a change, and each matches changes of one kind of object. The
 * sentences say why it happens, and make sense without the rest of the diff.
 */
export const sideEffects: readonly SideEffect[] = [
  ...links,
  ...addresses,
  ...routes,
  ...neighbours,
  ...settings,
  ...namespaces,
];
