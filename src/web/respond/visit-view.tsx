import { useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { type AppTextKey, sayInApp } from '../shared/app-texts.js';
import { directionOf } from '../shared/locale.js';
import type { Interview, Submitted } from '../shared/respond-api.js';
import { Check } from './check.js';
import { addExtras } from './extras.js';
import { TopBar } from './frame.js';
import { Questions } from './questions.js';
import { Visit } from './visit.js';

interface VisitProps {
  interview: Interview;
  submitted(receipt: Submitted, locale: string): void;
  ended(code: string, locale: string): void;
  reload(): void;
}

/** The questionnaire while it can be answered. */
export function VisitView({ interview, submitted, ended, reload }: VisitProps) {
  const [, redraw] = useReducer<number, void>((turn) => turn + 1, 0);
  const visit = useMemo(() => {
    const made: Visit = new Visit(interview, {
      submitted: (receipt) => submitted(receipt, made.locale),
      ended: (code) => ended(code, made.locale),
      reload,
    });
    addExtras(made.survey);
    return made;
  }, [interview]);
  useEffect(() => visit.subscribe(() => redraw()), [visit]);
  useEffect(() => {
    document.documentElement.lang = visit.locale;
    document.documentElement.dir = directionOf(visit.locale);
  }, [visit.locale]);
  useEffect(() => saveWhenLeft(visit), [visit]);

  const isOvertaken = visit.save.kind === 'conflict';
  return (
    <>
      <TopBar
        locale={visit.locale}
        locales={interview.locales}
        choose={isOvertaken ? undefined : (locale) => visit.setLocale(locale)}
      />
      <main>
        {isOvertaken && <Conflict visit={visit} />}
        <div inert={isOvertaken}>
          {visit.view === 'check' ? <Check visit={visit} /> : <Questions visit={visit} />}
        </div>
      </main>
    </>
  );
}

/** Two clear choices; nothing is replaced without one. */
function Conflict({ visit }: { visit: Visit }) {
  const say = (key: AppTextKey) => sayInApp(visit.locale, key);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <section class="card conflict" aria-labelledby="conflict-title">
      <h1 id="conflict-title" tabIndex={-1} ref={heading}>
        {say('conflict.title')}
      </h1>
      <p>{say('conflict.body')}</p>
      <div class="ways">
        <button type="button" class="primary" onClick={() => visit.takeNewer()}>
          {say('conflict.newer')}
        </button>
        <button type="button" class="secondary" onClick={() => visit.keepMine()}>
          {say('conflict.mine')}
        </button>
      </div>
    </section>
  );
}

/** Saves when the network returns and before the page is hidden, and asks before unsaved answers are closed. */
function saveWhenLeft(visit: Visit): () => void {
  const onOnline = () => visit.flush();
  const onHide = () => {
    if (document.visibilityState !== 'hidden') return;
    // A text being typed becomes an answer when its field is left.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    visit.flush();
  };
  const onClose = (event: BeforeUnloadEvent) => {
    if (visit.hasUnsaved) event.preventDefault();
  };
  addEventListener('online', onOnline);
  document.addEventListener('visibilitychange', onHide);
  addEventListener('beforeunload', onClose);
  return () => {
    removeEventListener('online', onOnline);
    document.removeEventListener('visibilitychange', onHide);
    removeEventListener('beforeunload', onClose);
  };
}
