import { Serializer, settings, SurveyModel } from 'survey-core';
import 'survey-core/i18n/russian';

/** What Onward adds to SurveyJS's own properties. The JSON still opens in every SurveyJS tool. */
const QUESTION_PROPERTIES = [
  { name: 'variable', category: 'onward' },
  { name: 'concept', category: 'onward' },
  { name: 'sensitive:boolean', default: false, category: 'onward' },
  { name: 'why:text', isLocalizable: true, category: 'onward' },
  { name: 'universe:text', isLocalizable: true, category: 'onward' },
  { name: 'refusable:boolean', default: true, category: 'onward' },
  // Dependent interviewing: how the last valid answer is used, of which item, and which item here confirms or checks it.
  {
    name: 'feedMode',
    choices: ['independent', 'proactive', 'reactive'],
    default: 'independent',
    category: 'onward',
  },
  { name: 'feedFrom', category: 'onward' },
  { name: 'feedBy', category: 'onward' },
];

let registered = false;

/** Registers Onward's properties with survey-core, once a process (its registry is process-wide). */
export function registerProperties(): void {
  if (registered) return;
  registered = true;
  for (const property of QUESTION_PROPERTIES) Serializer.addProperty('question', property);
  Serializer.addProperty('itemvalue', { name: 'code:number', category: 'onward' });
  Serializer.addProperty('page', { name: 'section:text', isLocalizable: true, category: 'onward' });
  settings.lazyRender.enabled = false;
}

/** The suffix of the key under which a refusal of an item without a refuse choice is stored. */
export const REFUSED_SUFFIX = '-refused';

/**
 * A survey-core model of a questionnaire, for reading its structure and as the oracle in tests.
 * Heavy (100 ms and 6 MB for 80 items): build one per questionnaire version, never per respondent.
 */
export function loadSurvey(json: object, locale = ''): SurveyModel {
  registerProperties();
  const survey = new SurveyModel();
  survey.webProvider = { sendRequest: (_request, answer) => answer({ status: 403, response: '' }) };
  survey.fromJSON(json);
  survey.locale = locale;
  return survey;
}
