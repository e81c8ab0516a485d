import { render } from 'preact';
import { useEffect, useReducer, useState } from 'preact/hooks';
import 'survey-core/survey-core.css';
import './respond.css';
import { sayInApp } from '../shared/app-texts.js';
import type { Interview, Submitted } from '../shared/respond-api.js';
import { fetchInterview, networkOr, retryDelayMs } from './client.js';
import { Outcome, type OutcomeKind, outcomeOf, Thanks } from './outcome.js';
import { VisitView } from './visit-view.js';

type Stage =
  | { kind: 'loading'; trouble: 'offline' | 'busy' | null }
  | { kind: 'visit'; interview: Interview }
  | { kind: 'thanks'; receipt: Submitted; locale: string }
  | { kind: 'outcome'; outcome: OutcomeKind; locale: string };

const pageLocale = (): string => document.documentElement.lang || 'en';

/** Fetches the interview, however long the network takes, and shows what can be done with it. */
function App() {
  const [stage, show] = useState<Stage>({ kind: 'loading', trouble: null });
  const [round, loadAgain] = useReducer<number, void>((turn) => turn + 1, 0);

  useEffect(() => {
    let current = true;
    const load = async () => {
      for (let attempt = 0; current; attempt++) {
        const reply = await fetchInterview();
        if (!current) return;
        if (reply.kind === 'done') {
          const { submitted, locale } = reply.body;
          if (submitted) show({ kind: 'outcome', outcome: 'finished', locale });
          else show({ kind: 'visit', interview: reply.body });
          return;
        }
        if (reply.kind === 'problem') {
          show({ kind: 'outcome', outcome: outcomeOf(reply.problem.code), locale: pageLocale() });
          return;
        }
        show({ kind: 'loading', trouble: reply.kind === 'busy' ? 'busy' : 'offline' });
        await networkOr(retryDelayMs(attempt));
      }
    };
    void load();
    return () => {
      current = false;
    };
  }, [round]);

  switch (stage.kind) {
    case 'loading':
      return <Loading trouble={stage.trouble} retry={() => loadAgain()} />;
    case 'visit':
      return (
        <VisitView
          key={round}
          interview={stage.interview}
          submitted={(receipt, locale) => show({ kind: 'thanks', receipt, locale })}
          ended={(code, locale) => show({ kind: 'outcome', outcome: outcomeOf(code), locale })}
          reload={() => {
            show({ kind: 'loading', trouble: null });
            loadAgain();
          }}
        />
      );
    case 'thanks':
      return <Thanks {...stage.receipt} locale={stage.locale} />;
    case 'outcome':
      return <Outcome kind={stage.outcome} locale={stage.locale} />;
  }
}

function Loading({ trouble, retry }: { trouble: 'offline' | 'busy' | null; retry: () => void }) {
  return (
    <main>
      <p class="waiting" role="status">
        {sayInApp(pageLocale(), trouble ? `load.${trouble}` : 'load.opening')}
      </p>
      {trouble && (
        <button type="button" class="secondary" onClick={retry}>
          {sayInApp(pageLocale(), 'load.retry')}
        </button>
      )}
    </main>
  );
}

const root = document.getElementById('respond');
if (!root) throw new Error('The page has no place for the questionnaire');
root.replaceChildren();
render(<App />, root);
