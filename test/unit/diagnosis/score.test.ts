import { describe, expect, test } from '@jest/globals';
import { families } from '../../../scripts/diagnosis/families/index.ts';
import { labs } from '../../../scripts/diagnosis/lab.ts';
import { choose } from '../../../scripts/diagnosis/select.ts';
import { judge, type Named } from '../../../scripts/diagnosis/verdict.ts';
import { causes } from '../../../src/diagnosis/causes/index.ts';

const everything = { family: [], lab: [], fault: '', sample: Number.POSITIVE_INFINITY, seed: 1 };
const all = choose(everything);

/** Causes that the rig cannot make here, with why. */
const notMade: Readonly<Record<string, string>> = {
  'conntrack-stale': 'it needs a flow older than the rule; a probe is a new flow',
  'link-queue': 'kernels for virtual machines often have no netem',
  'link-xdp': 'it needs a compiler for BPF',
  'martian-source': 'the hairpin makes it, and is judged as reply-hairpin',
};

describe('the faults', () => {
  test('there are at least 300, in every lab, of every family', () => {
    expect(all.length).toBeGreaterThan(300);
    for (const lab of labs) expect(all.some((one) => one.lab === lab)).toBe(true);
    for (const family of families) expect(all.some((one) => one.family === family)).toBe(true);
  });

  test('the id of each is unique in its family and lab', () => {
    const ids = all.map(({ lab, family, fault }) => `${lab.name} ${family.name} ${fault.id}`);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('each has an edit, and one that mends it', () => {
    const idle = all.filter(
      ({ fault }) => fault.plant.length === 0 && fault.config === undefined && !fault.harmless,
    );
    expect(idle).toEqual([]);
    expect(all.filter(({ fault }) => fault.plant.length > 0 && fault.mend.length === 0)).toEqual(
      [],
    );
  });

  test('the truths are causes of the table, and every cause of the table is somewhere the truth', () => {
    const known = new Set(causes.map(({ id }) => id));
    const true_ = new Set(all.flatMap(({ fault }) => fault.truth.causes));
    expect([...known].filter((id) => !true_.has(id) && notMade[id] === undefined)).toEqual([]);
    const named = all.filter(({ family }) => !['outside', 'harmless'].includes(family.name));
    const without = named.filter(({ fault }) => !fault.truth.causes.some((id) => known.has(id)));
    expect(without.map(({ family, fault }) => `${family.name} ${fault.id}`)).toEqual([]);
  });

  test('a sample is the same for the same seed, and has every kind before any kind twice', () => {
    const kinds = new Set(all.map(({ kind }) => kind));
    const sample = choose({ ...everything, sample: kinds.size });
    expect(new Set(sample.map(({ kind }) => kind))).toEqual(kinds);
    const ids = (seed: number) =>
      choose({ ...everything, sample: 50, seed }).map(({ lab, fault }) => [lab.name, fault.id]);
    expect(ids(7)).toEqual(ids(7));
    expect(ids(7)).not.toEqual(ids(8));
  });
});

describe('the judge', () => {
  const truth = { causes: ['forward-rule'], at: ['host'], direction: 'there' } as const;
  const says = { en: '', zh: '' };
  const found = (cause: string, change: Partial<Named> = {}): Named => ({
    ...{ cause, place: 'host', direction: 'there', certain: true, says },
    ...change,
  });

  test.each([
    ['the right cause', { kind: 'named', findings: [found('forward-rule')] }, 'named', true],
    [
      'the right cause at a wrong place',
      { kind: 'named', findings: [found('forward-rule', { place: 'world' })] },
      'named',
      false,
    ],
    [
      'the right cause in the wrong direction',
      { kind: 'named', findings: [found('forward-rule', { direction: 'back' })] },
      'named',
      false,
    ],
    ['another cause', { kind: 'named', findings: [found('reverse-path')] }, 'wrong and sure', true],
    [
      'several, the right one among them',
      { kind: 'undecided', findings: [found('reverse-path'), found('forward-rule')] },
      'undecided',
      true,
    ],
    [
      'several, all wrong',
      { kind: 'undecided', findings: [found('reverse-path')] },
      'misled',
      true,
    ],
    ['only the place', { kind: 'unknown', place: 'host', direction: 'there' }, 'unknown', true],
    ['that all is well', { kind: 'arrives' }, 'wrong and sure', false],
    ['an error', { kind: 'failed', said: '' }, 'failed', false],
    ['nothing (why)', { kind: 'silent' }, 'silent', false],
    [
      'the right cause, and a guess (why)',
      { kind: 'list', sure: [found('forward-rule')], maybe: [found('reverse-path')] },
      'named',
      true,
    ],
    [
      'another cause (why)',
      { kind: 'list', sure: [found('reverse-path')], maybe: [] },
      'wrong and sure',
      true,
    ],
  ] as const)('%s', (_, answer, score, located) => {
    expect(judge(answer, truth, false)).toMatchObject({ score, located });
  });

  test('where the table has no row, only "unknown" is right', () => {
    const outside = { causes: [], at: ['host'] } as const;
    const place = { kind: 'unknown', place: 'host', direction: 'there' } as const;
    expect(judge(place, outside, false).score).toBe('named');
    const guess = { kind: 'named', findings: [found('forward-rule')] } as const;
    expect(judge(guess, outside, false).score).toBe('wrong and sure');
  });

  test('where nothing is broken, whatever is named surely is wrong', () => {
    const nothing = { causes: [], at: [] } as const;
    expect(judge({ kind: 'arrives' }, nothing, true).score).toBe('named');
    expect(judge({ kind: 'silent' }, nothing, true).score).toBe('named');
    const alarm = { kind: 'list', sure: [found('forward-rule')], maybe: [] } as const;
    expect(judge(alarm, nothing, true).score).toBe('wrong and sure');
  });
});
