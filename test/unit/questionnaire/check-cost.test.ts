import { compileQuestionnaire } from '../../../src/questionnaire/check/check.js';
import { A_DAY, randomAnswers, seeded } from '../../make/random-answers.js';

const CHOICES = Array.from({ length: 8 }, (_, index) => ({ value: `c${index}`, text: `Choice ${index}` }));

/** Sixty items of the kinds that questionnaires are made of; with routing, two of three depend on others. */
function sixtyItems(routed: boolean): object {
  const kinds = [
    { type: 'radiogroup', choices: CHOICES, showRefuseItem: true, isRequired: true },
    { type: 'checkbox', choices: CHOICES, showOtherItem: true, maxSelectedChoices: 5 },
    { type: 'text', inputType: 'number', min: 0, max: 100 },
    { type: 'text', maxLength: 100 },
    { type: 'rating', rateMin: 0, rateMax: 10 },
    { type: 'matrix', columns: [1, 2, 3, 4], rows: ['a', 'b', 'c', 'd'] },
  ];
  const conditions = (index: number) => {
    if (!routed || index < 6 || index % 3 === 0) return {};
    const before = index - (index % 6);
    const visibleIf =
      index % 3 === 1
        ? `{q${before - 6}} anyof ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] or {q${before - 4}} > 10`
        : `{q${before - 5}} contains 'c1' or {q${before - 6}} <> 'refused' and age('1990-01-01') > 18`;
    return { visibleIf };
  };
  const elements = Array.from({ length: 60 }, (_, index) => ({
    ...kinds[index % 6],
    name: `q${index}`,
    ...conditions(index),
  }));
  const pages = Array.from({ length: 10 }, (_, page) => ({
    elements: elements.slice(page * 6, page * 6 + 6),
  }));
  return { pages };
}

describe('the cost of a check', () => {
  it.each([
    ['without', false],
    ['with', true],
  ])('stays under a millisecond of processor time for 60 items %s routing', (word, routed) => {
    const compiled = compileQuestionnaire(sixtyItems(routed));
    const submissions = Array.from({ length: 50 }, (_, seed) => randomAnswers(compiled, seeded(seed)));
    const check = (times: number) => {
      for (let at = 0; at < times; at++) {
        if (!compiled.checkSubmission(submissions[at % 50], { now: A_DAY }).ok) throw new Error('refused');
      }
    };
    check(400);
    const before = process.cpuUsage();
    check(1000);
    const { user, system } = process.cpuUsage(before);
    const microseconds = (user + system) / 1000;
    if (process.env.REPORT_COST)
      process.stdout.write(`${word} routing: ${microseconds.toFixed(0)} µs a submission\n`);
    expect(microseconds).toBeLessThan(1000);
  });
});
