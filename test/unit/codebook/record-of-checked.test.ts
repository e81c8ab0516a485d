import * as fc from 'fast-check';
import { codebook, type CodebookVariable } from '../../../src/codebook/codebook.js';
import { compileQuestionnaire } from '../../../src/questionnaire/check/check.js';
import { sampleForm } from '../../../src/questionnaire/check/check-form.js';
import { rootScope, startRun } from '../../../src/questionnaire/check/routing-run.js';
import { makeRecorder, type Row } from '../../../src/questionnaire/record.js';
import { deriveVariables } from '../../../src/questionnaire/variable/variables.js';
import { everyQuestionType } from '../../make/every-question-type.js';

const json = everyQuestionType();
const compiled = compileQuestionnaire(json);
const record = makeRecorder(deriveVariables(json));
const book = codebook(json, { locales: ['en'] });
const now = new Date('2024-05-01T10:00:00Z');

/** What in a row is neither a value of its column's type, nor a category, nor a declared reason other than "error". */
function strange(row: Row, variables: CodebookVariable[]): unknown[] {
  return variables.flatMap(({ name, type, values, missing }) => {
    const cell = row[name];
    if (cell === null || (type !== 'numeric' && typeof cell === 'string')) return [];
    const reason = missing.find(({ code }) => code === cell);
    if (reason) return reason.stata === '.e' ? [[name, cell]] : [];
    const known = values ? values.some(({ code }) => code === cell) : typeof cell === 'number' && cell >= 0;
    return known ? [] : [[name, cell]];
  });
}

test('whatever the check accepts, the record codes: values, categories and declared reasons, never an error', () => {
  let entries = 0;
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (stream) => {
      const answers = sampleForm(
        compiled.form,
        rootScope(startRun({ now })),
        () => stream.next().value as number,
      );
      const verdict = compiled.checkDraft(answers, { now });
      expect(verdict.findings.filter(({ rule }) => rule !== 'pattern')).toEqual([]); // a sample knows no author's patterns
      const { main, children } = record(verdict.answers, {
        inapplicable: verdict.inapplicable,
        reachedPage: 'submitted',
      });
      for (const table of book.tables)
        for (const row of table.name === 'main' ? [main] : (children[table.name] ?? [])) {
          expect(strange(row, table.variables)).toEqual([]);
          if (table.name !== 'main') entries += 1;
        }
    }),
    { numRuns: 150, seed: 3 },
  );
  expect(entries).toBeGreaterThan(0);
});

test('what the check says is hidden is inapplicable in the record: items, rows, cells and choices', () => {
  const answers = { age: 19, plans_move: false, household: [{ relation: 'partner', person_age: 2 }] };
  const { inapplicable } = compiled.checkDraft(answers, { now });
  const { main, children } = record(answers, { inapplicable, reachedPage: 'submitted' });
  expect(main).toMatchObject({
    children: -8,
    wish_usa: -8,
    wish_deu: -3,
    closeness_stayed: -8,
    closeness_locals: -3,
    months_left: -8,
    steps: -8,
    effort: -3,
  });
  expect(children.household).toMatchObject([{ relation: 1, person_age: 2, does_study: -8, schools_n: -8 }]);
});
