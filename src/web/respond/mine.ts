/**
 * The script of a person's own page: it carries the token from the address's fragment into the form, and makes the quick exit quicker.
 * Everything works without it.
 */
const TOKEN = /^#([A-Za-z0-9_-]{43})$/;

function takeToken(): void {
  const token = TOKEN.exec(location.hash)?.[1];
  const field = document.querySelector<HTMLInputElement>('input[data-from-fragment]');
  const paste = document.querySelector<HTMLElement>('[data-paste]');
  if (!token || !field || !paste) return;
  field.value = token;
  paste.hidden = true;
  for (const input of paste.querySelectorAll('input')) input.disabled = true;
}

/** The page is emptied in the same moment and names no site; meanwhile the server ends the session. */
document.querySelector<HTMLFormElement>('#away')?.addEventListener('submit', (event) => {
  event.preventDefault();
  const { action } = event.currentTarget as HTMLFormElement;
  document.documentElement.replaceChildren();
  fetch(action, {
    method: 'POST',
    body: new URLSearchParams(),
    credentials: 'same-origin',
    keepalive: true,
  }).catch(() => {
    // Without network the session runs out by itself; leaving must not wait for it.
  });
  location.replace('about:blank');
});

addEventListener('hashchange', takeToken);
takeToken();

export {};
