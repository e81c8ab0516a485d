import { useEffect, useRef } from 'preact/hooks';
import { type AppTextKey, sayInApp } from '../shared/app-texts.js';
import type { Parameters } from '../shared/say.js';
import { sectionOf } from './interview-model.js';
import { minutesLeft } from './progress.js';
import { SaveStatus } from './frame.js';
import { SurveyView } from './surveyjs-ui.js';
import type { Visit } from './visit.js';

/** One page of the questionnaire with its section, the time left, what is saved, and the way on. */
export function Questions({ visit }: { visit: Visit }) {
  const { survey, locale, interview } = visit;
  const say = (key: AppTextKey, params?: Parameters) => sayInApp(locale, key, params);
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(visit.page);
  useEffect(() => {
    if (shown.current === visit.page) return;
    shown.current = visit.page;
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [visit.page]);

  const minutes = minutesLeft(survey, interview.wave.minutes, !interview.resumedElsewhere);
  // While routing still hides all but one page, nobody knows yet whether it is the last.
  const onward = survey.isLastPage && !survey.isFirstPage ? 'app.toCheck' : 'app.next';
  return (
    <>
      <div class="place">
        <h1 tabIndex={-1} ref={heading}>
          {sectionOf(survey, visit.page) || say('app.section')}
        </h1>
        <p>{minutes > 0 ? say('app.minutesLeft', { count: minutes }) : say('app.lastMinute')}</p>
        <SaveStatus state={visit.save} locale={locale} />
      </div>
      {interview.resumedElsewhere && <p class="note">{say('app.resumed')}</p>}
      {visit.sending === 'refused' && (
        <p class="note alert" role="alert">
          {say('check.refused')}
        </p>
      )}
      <SurveyView model={survey} />
      <div class="ways">
        {!survey.isFirstPage && (
          <button type="button" class="secondary" onClick={() => visit.back()}>
            {say('app.back')}
          </button>
        )}
        <button type="button" class="primary" onClick={() => void visit.nextOnceCompared()}>
          {say(onward)}
        </button>
        {visit.checked && !survey.isLastPage && (
          <button type="button" class="secondary wide" onClick={() => visit.toCheck()}>
            {say('app.backToCheck')}
          </button>
        )}
      </div>
    </>
  );
}
