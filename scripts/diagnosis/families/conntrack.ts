import { host, outward, truth } from '../edits.ts';
import type { Family } from '../family.ts';

const script = 'perl scripts/diagnosis/conntrack.pl';

export const conntrack: Family = {
  name: 'conntrack',
  title: 'the table of connection tracking is full',
  faults: (lab) =>
    // Filling it takes a while, so it is done in two labs only.
    lab.members.slice(0, ['one', 'two'].includes(lab.name) ? 1 : 0).map((member) => ({
      id: 'full',
      plant: host(`${script} fill`),
      mend: host(`${script} flush`),
      question: outward(member),
      truth: truth('conntrack-full', 'host'),
    })),
};
