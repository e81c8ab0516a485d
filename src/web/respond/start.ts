/**
 * The start page's script: it carries the token from the address's fragment into the form, and nothing else. The
 * fragment goes from the address only when the session exists, so that a failure never costs a person their link.
 * Who wants to be reminded instead leaves for another page; the browser sends the form there by itself.
 */
const TOKEN = /^#([A-Za-z0-9_-]{43})$/;

const form = document.querySelector<HTMLFormElement>('#start');
const status = document.querySelector<HTMLElement>('#start-status');
const paste = document.querySelector<HTMLElement>('#paste');
const tokenField = form?.querySelector<HTMLInputElement>('input[name="token"]');
const linkField = paste?.querySelector<HTMLInputElement>('input');

function takeToken(): void {
  const token = TOKEN.exec(location.hash)?.[1] ?? '';
  if (tokenField) tokenField.value = token;
  if (paste) paste.hidden = token !== '';
  if (linkField) linkField.disabled = token !== '';
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-keeps-fragment]')) {
    link.hash = location.hash;
  }
}

async function open(path: string, started: HTMLFormElement): Promise<void> {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(started)) if (typeof value === 'string') fields.set(name, value);
  // The answer is a redirect to the questionnaire, or a page that says what is wrong: that one the browser fetches itself.
  const reply = await fetch(path, { method: 'POST', body: fields, redirect: 'manual' });
  if (reply.type !== 'opaqueredirect') {
    started.submit();
    return;
  }
  // Whoever used this tab before, what they left unsent is not this person's.
  sessionStorage.removeItem('unsent');
  history.replaceState(null, '', location.pathname);
  location.replace(`/respond/?lang=${document.documentElement.lang}`);
}

// Which button sends the form, for phones that are older than `submitter`. The Enter key clicks the first one.
let pressed: Element | null = null;
form?.addEventListener('click', ({ target }) => {
  pressed = target instanceof Element ? target.closest('button') : null;
});
let isOpening = false;
form?.addEventListener('submit', (event) => {
  if ((event.submitter ?? pressed)?.hasAttribute('formaction')) return;
  event.preventDefault();
  if (isOpening || !status) return;
  isOpening = true;
  status.textContent = form.dataset['opening'] ?? '';
  open(form.action, form).catch(() => {
    isOpening = false;
    status.textContent = form.dataset['offline'] ?? '';
  });
});
// A page that comes back from the browser's memory may be started again.
addEventListener('pageshow', () => {
  isOpening = false;
  if (status) status.textContent = '';
});
addEventListener('hashchange', takeToken);
takeToken();

export {};
