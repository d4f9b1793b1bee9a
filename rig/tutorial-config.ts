import { tutorialSchema } from '../src/config/schema.ts';
import { fromTutorial } from '../src/config/tutorial.ts';
import { tutorial } from './tutorial.ts';

/** The tutorial's config in canonical form. */
export const tutorialConfig = fromTutorial(
  tutorialSchema.parse(tutorial({ root_dir: '/srv/labex' })),
);
