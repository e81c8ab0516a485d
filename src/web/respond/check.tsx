import { useEffect, useRef } from 'preact/hooks';
import { type AppTextKey, sayInApp } from '../shared/app-texts.js';
import type { Parameters } from '../shared/say.js';
import { SaveStatus } from './frame.js';
import { summaryOf } from './summary.js';
import type { Visit } from './visit.js';

/** Before sending: every answer in words, by section, each with a way back to it. */
export function Check({ visit }: { visit: Visit }) {
  const { locale, interview, sending } = visit;
  const say = (key: AppTextKey, params?: Parameters) => sayInApp(locale, key, params);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, []);
  const isWaiting = sending === 'sending' || sending === 'offline' || sending === 'busy';
  return (
    <>
      <div class="place">
        <h1 tabIndex={-1} ref={heading}>
          {say('check.title')}
        </h1>
        <SaveStatus state={visit.save} locale={locale} />
      </div>
      <p>{say('check.body')}</p>
      {interview.resumedElsewhere && <p>{say('check.earlier')}</p>}
      {summaryOf(visit.survey).map(({ name, items }) => (
        <details class="card summary" key={name}>
          <summary>
            <span>{name || say('app.section')}</span>{' '}
            <span class="hint">
              {say('check.answered', {
                answered: items.filter(({ answer, refused }) => refused || answer.length > 0).length,
                count: items.length,
              })}
            </span>
          </summary>
          <dl>
            {items.map(({ question, title, answer, refused }) => (
              <div key={question.name}>
                <dt>{title}</dt>
                {answer.map((line) => (
                  <dd key={line}>{line}</dd>
                ))}
                {answer.length === 0 && (
                  <dd class="hint">{say(refused ? 'app.refuse' : 'check.noAnswer')}</dd>
                )}
                <dd>
                  <button
                    type="button"
                    class="link"
                    aria-label={say('check.changeItem', { item: title })}
                    onClick={() => visit.toQuestion(question)}
                  >
                    {say('check.change')}
                  </button>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
      <div class="ways">
        <button type="button" class="secondary" onClick={() => visit.toPage(visit.page)}>
          {say('app.back')}
        </button>
        <button type="button" class="primary" aria-disabled={isWaiting} onClick={() => void visit.submit()}>
          {say(isWaiting ? 'check.sending' : 'check.send')}
        </button>
      </div>
      <p
        class="note"
        role="status"
        hidden={sending === 'no' || sending === 'sending' || sending === 'refused'}
      >
        {sending === 'offline' || sending === 'busy' || sending === 'refusedElsewhere'
          ? say(`check.${sending}`)
          : ''}
      </p>
    </>
  );
}
