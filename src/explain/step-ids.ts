import { mergedInto, type StepId, type TeardownId } from '../model/step-id.ts';

/** The steps of the way back. */
export const teardownIds: readonly TeardownId[] = [
  'end-containers',
  'remove-cgroups',
  'delete-links',
  'restore-bridges',
  'restore-sysctls',
  'delete-rules',
  'delete-tables',
  'forget-connections',
];

/** All ids of steps, in the order of the plans. */
export const stepIds: readonly StepId[] = [
  ...new Set<StepId>([
    ...(Object.keys(mergedInto) as StepId[]),
    ...Object.values(mergedInto).flat(),
    ...teardownIds,
  ]),
];
