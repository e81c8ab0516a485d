import { compileQuestionnaire } from '../../../src/questionnaire/check.js';
import { everyQuestionType } from '../../make/every-question-type.js';
import { A_DAY, randomAnswers, seeded } from '../../make/random-answers.js';
import { askOracle, withoutBlanks } from './oracle.js';
import { FIXTURES } from './oracle-fixtures.js';
test('try', () => {
  const out: string[] = [];
  const context = { now: A_DAY, prev: { country: 'srb', jobs: [{ year: 2022 }] } };
  for (const { name, json } of [...FIXTURES]) {
    let ok = 0; const seen = new Map<string, number>();
    try {
    const c = compileQuestionnaire(json);
    const t0 = Date.now();
    for (let s = 0; s < 40; s++) {
      let a: any;
      try { a = randomAnswers(c, seeded(s), { context, choose: ({ key }) => key === 'zip' ? 'AB' : undefined }); } catch (e) { const m = String(e); seen.set(m, (seen.get(m) ?? 0) + 1); continue; }
      const o = askOracle(json, a, context);
      const mine = withoutBlanks(a) as any, theirs = withoutBlanks(o.data) as any;
      const same = JSON.stringify(mine) === JSON.stringify(theirs);
      if (o.completed && same) { ok++; continue; }
      if (!o.completed && o.errors.some((e) => e.startsWith('more')) && !seen.has('x')) { seen.set('x', 1); out.push(JSON.stringify(a), JSON.stringify(o)); }
      for (const e of o.errors) seen.set('ERR ' + e, (seen.get('ERR ' + e) ?? 0) + 1);
      for (const k of new Set([...Object.keys(mine), ...Object.keys(theirs)])) if (JSON.stringify(mine[k]) !== JSON.stringify(theirs[k])) { const m = `DIFF ${k} ${o.completed}`; if (!seen.has(m)) out.push(m+ JSON.stringify(mine[k])+ JSON.stringify(theirs[k])); seen.set(m, (seen.get(m) ?? 0) + 1); }
    }
    out.push(`${name} ok ${ok} ${Date.now()-t0}ms ` + [...seen].map((x) => x.join(' ')).join('\n'));
    } catch (e) { out.push(name + JSON.stringify((e as any).details ?? String((e as any).stack), null, 1)); }
  }
  console.log(out.join('\n'));
});
