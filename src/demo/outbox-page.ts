import type { SinkMessage } from '../kit/smtp-sink.js';

const LONGEST_LIST = 500;

/**
 * The outbox as one HTML page: messages, newest first, and the selected one. Everything in a message is foreign:
 * text is escaped, its HTML is shown in a frame without scripts. Needs `OUTBOX_CSP`.
 * @param messages  oldest first, as the sink keeps them
 */
export function outboxPage(messages: readonly SinkMessage[], selected?: SinkMessage): string {
  const title = selected ? subjectOf(selected) : 'Outbox';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body class="${selected ? 'reading' : 'listing'}">
<header><h1><a href="/">Outbox</a></h1><p>Nothing here was delivered to anybody.</p></header>
<main class="panes">
<nav aria-label="Messages">${list(messages, selected)}</nav>
<section>${selected ? letter(selected) : '<p class="hint">Choose a message to read it.</p>'}</section>
</main>
</body>
</html>
`;
}

/** Nothing is loaded from anywhere, no script runs; also inside the message's frame, which inherits it. */
export const OUTBOX_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function list(messages: readonly SinkMessage[], selected?: SinkMessage): string {
  if (messages.length === 0) return '<p class="hint">No message has been sent yet.</p>';
  const newest = messages.slice(-LONGEST_LIST).reverse();
  const items = newest.map(
    (message) => `<li><a href="/messages/${encodeURIComponent(message.id)}"${
      message.id === selected?.id ? ' aria-current="page"' : ''
    }>
<span class="subject" dir="auto">${escapeHtml(subjectOf(message))}</span>
<span class="to">${escapeHtml(message.to.join(', '))}</span>
${time(message)}</a></li>`,
  );
  const more = messages.length - newest.length;
  return `<ol>${items.join('\n')}</ol>${more > 0 ? `<p class="hint">Older messages not listed: ${more}</p>` : ''}`;
}

function letter(message: SinkMessage): string {
  return `<p class="back"><a href="/">All messages</a></p>
<article>
<h2 dir="auto">${escapeHtml(subjectOf(message))}</h2>
<dl><dt>From</dt><dd>${escapeHtml(message.from)}</dd>
<dt>To</dt><dd>${escapeHtml(message.to.join(', '))}</dd>
<dt>Received</dt><dd>${time(message)}</dd></dl>
<div class="text" dir="auto">${linked(message.text)}</div>
${message.html === undefined ? '' : frame(message.html)}
</article>`;
}

/** Links open outside the frame, where scripts may run again: that is the respondent's page itself. */
const frame = (html: string) => `<h3>As formatted text</h3>
<iframe title="The message as formatted text" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${escapeHtml(
  `<base target="_blank"><meta name="color-scheme" content="light dark">${html}`,
)}"></iframe>`;

/** Escapes a text and turns its http addresses into links; punctuation that ends a sentence is not part of them. */
export function linked(text: string): string {
  let html = '';
  let done = 0;
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"]+/g)) {
    const url = match[0].replace(/[.,;:!?'»”)\]]+$/, '');
    html += escapeHtml(text.slice(done, match.index));
    html += `<a href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer">${escapeHtml(url)}</a>`;
    done = match.index + url.length;
  }
  return html + escapeHtml(text.slice(done));
}

const subjectOf = ({ subject }: SinkMessage) => subject.trim() || '(no subject)';

function time({ receivedAt }: SinkMessage): string {
  const iso = receivedAt.toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

const STYLE = `
:root { color-scheme: light dark; --ink: #1a1c20; --soft: #565b66; --paper: #fff; --tint: #eef1f6; --line: #d5d9e0; --link: #0b4fb3 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9ebef; --soft: #a9afba; --paper: #15171b; --tint: #23272e; --line: #3a3f48; --link: #8ab8ff }
}
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
a { color: var(--link) }
:focus-visible { outline: 3px solid var(--link); outline-offset: -3px }
header { padding: 12px 16px; border-bottom: 1px solid var(--line) }
h1 { margin: 0; font-size: 20px } h1 a { color: inherit; text-decoration: none }
header p, .hint, .to, time, dt { color: var(--soft); font-size: 14px } header p { margin: 0 }
h2 { margin: 0 0 8px; font-size: 22px; line-height: 1.25 } h3 { font-size: 16px; margin: 24px 0 8px }
h2, .subject, .to, dd, .text { overflow-wrap: anywhere }
ol { list-style: none; margin: 0; padding: 0 }
li a { display: block; padding: 12px 16px; border-bottom: 1px solid var(--line); color: inherit; text-decoration: none }
li a:hover, li a[aria-current] { background: var(--tint) }
li a[aria-current] { box-shadow: inset 4px 0 var(--link) }
.subject { display: block; font-weight: 600 } .to { display: block }
li time { display: block }
.hint { padding: 12px 16px; margin: 0 }
article { padding: 16px; max-width: 46rem }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin: 0 0 16px } dd { margin: 0 }
.text { white-space: pre-wrap; padding: 12px; background: var(--tint); border-radius: 6px }
iframe { width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: 6px }
.back { margin: 0; padding: 12px 16px 0 }
.reading nav, .listing section { display: none }
@media (min-width: 60rem) {
  .panes { display: grid; grid-template-columns: 24rem 1fr; align-items: start }
  .reading nav, .listing section { display: block }
  nav { border-inline-end: 1px solid var(--line); min-height: 80vh; max-height: calc(100vh - 76px); overflow-y: auto }
  .back { display: none }
}`;
