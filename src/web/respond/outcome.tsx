import { useEffect, useRef } from 'preact/hooks';
import { sayInApp } from '../shared/app-texts.js';
import { dateInWords } from '../shared/locale.js';
import type { Submitted } from '../shared/respond-api.js';

export type OutcomeKind = 'closed' | 'kept' | 'finished' | 'withdrawn' | 'session';

/** What an ending means to the person. A reason that is not known here asks to open the link again. */
export function outcomeOf(code: string): OutcomeKind {
  if (code === 'wave.closed') return 'closed';
  if (code === 'response.kept_after_close') return 'kept';
  if (code === 'response.already_submitted' || code === 'response.submission_id_reused') return 'finished';
  if (code === 'response.case_withdrawn') return 'withdrawn';
  return 'session';
}

function useFocusedHeading() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, []);
  return heading;
}

/** What can be done after sending, for as long as the session lives: the link to their own page goes to the address that we have. */
const WaysOn = ({ locale }: { locale: string }) => (
  <>
    <p>
      <a href={`/respond/moved?lang=${locale}`}>{sayInApp(locale, 'thanks.moved')}</a>
    </p>
    <form class="card" method="post" action="/mine/link/own">
      <input type="hidden" name="locale" value={locale} />
      <p class="label">{sayInApp(locale, 'thanks.mine')}</p>
      <p class="hint">{sayInApp(locale, 'thanks.mineHelp')}</p>
      <button class="secondary" type="submit">
        {sayInApp(locale, 'thanks.mineSend')}
      </button>
    </form>
  </>
);

export function Thanks({ locale, receipt, submittedOn }: Submitted & { locale: string }) {
  const heading = useFocusedHeading();
  return (
    <main>
      <h1 tabIndex={-1} ref={heading}>
        {sayInApp(locale, 'thanks.title')}
      </h1>
      <p>{sayInApp(locale, 'thanks.body', { date: dateInWords(submittedOn, locale) })}</p>
      <div class="card">
        <p class="label">{sayInApp(locale, 'thanks.receipt')}</p>
        <p class="receipt">{receipt}</p>
        <p class="hint">{sayInApp(locale, 'thanks.receiptHelp')}</p>
      </div>
      <WaysOn locale={locale} />
      <p>{sayInApp(locale, 'thanks.close')}</p>
    </main>
  );
}

export function Outcome({ locale, kind }: { locale: string; kind: OutcomeKind }) {
  const heading = useFocusedHeading();
  return (
    <main>
      <h1 tabIndex={-1} ref={heading}>
        {sayInApp(locale, `${kind}.title`)}
      </h1>
      <p>{sayInApp(locale, `${kind}.body`)}</p>
      {(kind === 'finished' || kind === 'closed' || kind === 'kept') && <WaysOn locale={locale} />}
      {kind === 'session' && (
        <form class="card" method="post" action="/respond/session">
          <input type="hidden" name="locale" value={locale} />
          <label for="link">{sayInApp(locale, 'paste.label')}</label>
          <input
            id="link"
            name="link"
            type="text"
            inputMode="url"
            autoComplete="off"
            spellcheck={false}
            aria-describedby="link-help"
            required
          />
          <p id="link-help" class="hint">
            {sayInApp(locale, 'paste.help')}
          </p>
          <button class="primary" type="submit">
            {sayInApp(locale, 'paste.open')}
          </button>
        </form>
      )}
    </main>
  );
}
