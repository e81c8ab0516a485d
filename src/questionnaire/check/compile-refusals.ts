import type { Base, Question, SurveyModel } from 'survey-core';
import type { CompileRefusal } from './check.problems.js';

/** Properties that make stored answers depend on the order of events, on other machines or on hidden items. */
const REFUSED_PROPERTIES: [name: string, rule: string, message: string][] = [
  [
    'resetValueIf',
    'depends_on_history',
    'Remove resetValueIf: whether it fired cannot be checked afterwards.',
  ],
  ['setValueIf', 'depends_on_history', 'Remove setValueIf: whether it fired cannot be checked afterwards.'],
  [
    'setValueExpression',
    'depends_on_history',
    'Use an expression item, or a read-only item with defaultValueExpression, instead of setValueExpression.',
  ],
  ['choicesLazyLoadEnabled', 'choices_elsewhere', 'List all choices in the questionnaire.'],
  ['allowCustomChoices', 'open_choices', 'Use an "other" choice instead of custom choices.'],
  [
    'panelCountExpression',
    'count_by_expression',
    'Limit the entries by maxPanelCount and a validator instead.',
  ],
  ['rowCountExpression', 'count_by_expression', 'Limit the rows by maxRowCount and a validator instead.'],
  [
    'templateVisibleIf',
    'hides_entries',
    'Put the condition on the items of the entry instead of templateVisibleIf.',
  ],
];

/** The most rows or entries that a respondent may add, and the most cells that this may make. */
export const MOST_ENTRIES = 100;

/** What of one question cannot be checked. */
export function refusalsOfQuestion(question: Question, path: string): CompileRefusal[] {
  const refusals: CompileRefusal[] = [];
  const bag = question as unknown as Record<string, unknown>;
  for (const [name, rule, message] of REFUSED_PROPERTIES) {
    if (bag[name] !== undefined && bag[name] !== false && bag[name] !== '')
      refusals.push({ path, rule, message });
  }
  if ((bag.choicesByUrl as { url?: string } | undefined)?.url) {
    refusals.push({
      path,
      rule: 'choices_elsewhere',
      message: 'List the choices here; choicesByUrl is not fetched.',
    });
  }
  if ((bag.bindings as { isEmpty(): boolean } | undefined)?.isEmpty() === false) {
    const message = 'Remove bindings; they change the questionnaire while it is answered.';
    refusals.push({ path, rule: 'bindings', message });
  }
  if (bag.clearIfInvisible === 'none') {
    const message = 'Remove clearIfInvisible: answers of hidden items are never stored.';
    refusals.push({ path, rule: 'keeps_hidden', message });
  }
  return refusals;
}

const TRIGGERS: Record<string, string> = {
  completetrigger: 'Hide the later pages by visibleIf instead of ending the survey by a trigger.',
  skiptrigger: 'Hide the items in between by visibleIf instead of skipping them by a trigger.',
  visibletrigger: 'Use visibleIf instead of a trigger.',
};

/** What of the survey itself cannot be checked. */
export function refusalsOfSurvey(survey: SurveyModel): CompileRefusal[] {
  const refusals: CompileRefusal[] = [];
  for (const error of survey.jsonErrors ?? []) {
    if (error.type === 'unknownproperty') continue;
    const path = (error.element as Base | undefined)?.getType?.() ?? '';
    refusals.push({ path, rule: 'bad_element', message: `Correct the questionnaire: ${error.message}` });
  }
  for (const trigger of survey.triggers as Base[]) {
    const message =
      TRIGGERS[trigger.getType()] ??
      'Use a calculated value or an expression item instead of a trigger: whether it fired cannot be checked.';
    refusals.push({ path: 'triggers', rule: 'trigger', message });
  }
  if (survey.clearInvisibleValues === 'none') {
    const message = 'Remove clearInvisibleValues: answers of hidden items are never stored.';
    refusals.push({ path: '', rule: 'keeps_hidden', message });
  }
  return refusals;
}
