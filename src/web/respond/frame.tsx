import { clockTime, languageName } from '../shared/locale.js';
import { type AppTextKey, sayInApp } from '../shared/app-texts.js';
import type { SaveState } from './saver.js';
import { leaveAtOnce } from './leave.js';

interface Top {
  locale: string;
  locales: readonly string[];
  choose?: (locale: string) => void;
}

/** Always in reach: the languages and the quick exit. */
export function TopBar({ locale, locales, choose }: Top) {
  const say = (key: AppTextKey) => sayInApp(locale, key);
  return (
    <header class="top">
      {choose && locales.length > 1 && (
        <nav aria-label={say('app.languages')}>
          <ul class="languages">
            {locales.map((other) => (
              <li key={other}>
                <button
                  type="button"
                  lang={other}
                  aria-pressed={other === locale}
                  onClick={() => choose(other)}
                >
                  {languageName(other)}
                </button>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <button type="button" class="exit" onClick={leaveAtOnce}>
        {say('app.exit')}
      </button>
    </header>
  );
}

function savedText(state: SaveState, locale: string): string {
  switch (state.kind) {
    case 'saved':
      return sayInApp(locale, 'save.saved', { time: clockTime(new Date(state.at), locale) });
    case 'ready':
    case 'saving':
    case 'offline':
    case 'busy':
    case 'refused':
    case 'tooLarge':
      return sayInApp(locale, `save.${state.kind}`);
    case 'conflict':
    case 'ended':
      return '';
  }
}

/**
 * Whether answers are safe. What changes with every answer is shown but not read aloud; what needs attention, and its
 * end, is announced.
 */
export function SaveStatus({ state, locale }: { state: SaveState; locale: string }) {
  const text = savedText(state, locale);
  const isTrouble = ['offline', 'busy', 'refused', 'tooLarge'].includes(state.kind);
  return (
    <>
      <p class={isTrouble ? 'saved saved-not' : 'saved'} data-save={state.kind}>
        {text}
      </p>
      <p class="unseen" role="status">
        {isTrouble ? text : ''}
      </p>
    </>
  );
}
