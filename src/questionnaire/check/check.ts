import type { PanelModel } from 'survey-core';
import { type CompileRefusal, QuestionnaireCannotCompile } from './check.problems.js';
import { finishForm, hidesInForm, readForm, type Source } from './check-form.js';
import { guardAnswers } from './check-guard.js';
import { compileContainer } from './compile-elements.js';
import { FormBuilder } from './compile-form.js';
import { declareElements } from './compile-names.js';
import { refusalsOfSurvey } from './compile-refusals.js';
import type { Form, FormState } from './domain.js';
import type { Names, Need } from './routing-names.js';
import { rootScope, startRun } from './routing-run.js';
import { loadSurvey } from '../survey.js';
import { type CheckContext, Findings, type Verdict } from './verdict.js';
import { TooCostly } from './work.js';

/** A questionnaire version, compiled once: pure, without memory of what it checked. */
export interface CompiledQuestionnaire {
  /** Checks a final submission: everything that is required, and nothing that routing hides. */
  checkSubmission(answers: unknown, context: CheckContext): Verdict;
  /** Checks a save on the way: nothing is required, and what routing hides is left out. */
  checkDraft(answers: unknown, context: CheckContext): Verdict;
  /** The compiled form, for synthetic answers and for what a resumed session may see. */
  readonly form: Form;
  readonly names: Names;
}

/**
 * Compiles a questionnaire version into a check of its answers.
 * Costs a survey-core model (about 100 ms for 80 items), once; a check costs well under a millisecond.
 * @throws QuestionnaireCannotCompile with everything that answers could not be checked against
 */
export function compileQuestionnaire(json: object): CompiledQuestionnaire {
  const refusals: CompileRefusal[] = [];
  const survey = loadSurvey(JSON.parse(JSON.stringify(json)) as object);
  refusals.push(...refusalsOfSurvey(survey));
  const builder = new FormBuilder('survey', refusals, '');
  const pages = survey.pages as unknown as PanelModel[];
  for (const page of pages) declareElements(page, builder);
  for (const { name } of survey.calculatedValues) {
    builder.declare({ key: name, owner: name, variable: true }, name);
  }
  const commentLength = survey.maxCommentLength;
  for (const page of pages) compileContainer(page, builder, { refusable: true, commentLength });
  for (const { name, expression, includeIntoResult } of survey.calculatedValues) {
    const needs: Need[] = [];
    const compute = builder.expression(expression, { path: name, needs }) ?? (() => undefined);
    builder.addComputed({ name, compute, stored: includeIntoResult }, needs);
  }
  const form = builder.build();
  survey.dispose();
  if (refusals.length > 0) throw QuestionnaireCannotCompile({ refusals });
  return {
    form,
    names: builder.names,
    checkSubmission: (answers, context) => check(form, answers, context, new Findings(false)),
    checkDraft: (answers, context) => check(form, answers, context, new Findings(true)),
  };
}

function check(form: Form, answers: unknown, context: CheckContext, findings: Findings): Verdict {
  const source: Source = guardAnswers(answers, findings) ? answers : {};
  const scope = rootScope(startRun(context));
  const refused = findings.list.length > 0;
  let state: FormState | undefined;
  try {
    state = readForm(form, source, scope, '', '', findings);
    if (!refused) finishForm(state, findings);
  } catch (cause) {
    if (!(cause instanceof TooCostly)) throw cause;
    findings.add('', '', 'too_costly');
  }
  return {
    ok: findings.list.length === 0,
    findings: findings.list,
    answers: scope.values,
    dropped: findings.dropped,
    inapplicable: (path) => hidesInForm(state, path) === true,
  };
}
