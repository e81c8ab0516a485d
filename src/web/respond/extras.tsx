import { type ComponentChildren } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import type { Question, SurveyModel } from 'survey-core';
import { sayInApp } from '../shared/app-texts.js';
import { localText } from './interview-model.js';
import { isRefused, offersRefusal, setRefused } from './refusal.js';
import { registerElement } from './surveyjs-ui.js';

const EXTRAS = 'onward-extras';

/** Under each item: “Why we ask”, where the questionnaire tells it, and “I'd rather not answer”, where no choice does. */
export function addExtras(survey: SurveyModel): void {
  survey.onElementWrapperComponentName.add((_, options) => {
    if (options.wrapperName === 'content-component') options.componentName = EXTRAS;
  });
}

registerElement(EXTRAS, ({ element, question }) => (
  <>
    {element}
    <Extras question={question} />
  </>
));

function Extras({ question }: { question: Question; children?: ComponentChildren }) {
  const survey = question.survey as SurveyModel | null;
  const [, redraw] = useReducer<number, void>((turn) => turn + 1, 0);
  useEffect(() => {
    const onChange = () => redraw();
    survey?.onValueChanged.add(onChange);
    survey?.onLocaleChangedEvent.add(onChange);
    return () => {
      survey?.onValueChanged.remove(onChange);
      survey?.onLocaleChangedEvent.remove(onChange);
    };
  }, [survey]);
  if (!survey) return null;
  const why = localText(question, 'why');
  const refusable = offersRefusal(question);
  if (!why && !refusable) return null;
  const refused = refusable && isRefused(survey, question);
  return (
    <div class="extras">
      {refusable && (
        <button
          type="button"
          class="refuse"
          aria-pressed={refused}
          onClick={() => setRefused(survey, question, !refused)}
        >
          {sayInApp(survey.locale || 'en', 'app.refuse')}
        </button>
      )}
      {why && (
        <details class="why">
          <summary>{sayInApp(survey.locale || 'en', 'app.why')}</summary>
          <p>{why}</p>
        </details>
      )}
    </div>
  );
}
