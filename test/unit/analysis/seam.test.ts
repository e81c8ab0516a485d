import { addSeamCounts, NO_STEPS, seamCounts, seamRatio } from '../../../src/analysis/seam.js';

describe('the seam ratio', () => {
  // Interviews in May and November 2026 and May 2027: twelve steps, two of them at a seam (to June, to December).
  const interviews = ['2026-05', '2026-11', '2027-05'];

  test('counts steps and changes at the seams and off them', () => {
    expect(seamCounts(interviews, ['2026-06', '2026-09', '2027-06', '2026-05'])).toEqual({
      seam: { steps: 2, changes: 1 }, // June 2026
      off: { steps: 10, changes: 1 }, // September; what came before the first or after the last interview is not between them
    });
    expect(seamCounts(['2026-05'], ['2026-06'])).toEqual(NO_STEPS);
    expect(seamCounts([], [])).toEqual(NO_STEPS);
  });

  test('is the rate of change at the seam over the rate off it', () => {
    const one = seamCounts(interviews, ['2026-06']);
    const two = seamCounts(interviews, ['2026-09', '2027-03']);
    // (1 / 4) ÷ (2 / 20)
    expect(seamRatio(addSeamCounts(one, two))).toBeCloseTo(2.5, 12);
    expect(seamRatio(one)).toBeNull();
    expect(seamRatio(NO_STEPS)).toBeNull();
  });
});
