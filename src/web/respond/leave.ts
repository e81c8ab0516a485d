import { unsentStore } from './unsent.js';

/**
 * Quick exit. The page is emptied in the same moment, this tab forgets what it kept, and the address becomes
 * `about:blank`: it works without network, names no site, opens no foreign one, and replaces the entry in the tab's
 * history. Meanwhile the server ends the session, so that “back” or the browser's history shows no answers: the
 * personal link opens them again.
 */
export function leaveAtOnce(): void {
  // No question whether to leave unsaved answers: this click is the answer.
  addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), { capture: true });
  document.documentElement.replaceChildren();
  unsentStore.clear();
  fetch('/api/respond/away', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Onward': 'respond' },
    body: '{}',
    credentials: 'same-origin',
    keepalive: true,
  }).catch(() => {
    // Without network the session runs out by itself; leaving must not wait for it.
  });
  location.replace('about:blank');
}
