/** Languages that a page can be switched between. */
export const MOST_LANGUAGES = 12;
const OTHERS = Array.from({ length: MOST_LANGUAGES - 1 }, (_each, index) => index + 1);

/** The first language is shown unless another is chosen; where a browser does not know `:has`, always. */
const CHOICES = OTHERS.map(
  (nr) =>
    `.l${nr}{display:none}body:has(#lang${nr}:checked) .l0{display:none}body:has(#lang${nr}:checked) .l${nr}{display:inline}`,
).join('\n');

/** The page's own style; nothing is fetched. The bars' widths are classes, so that no element needs a style attribute. */
export const CODEBOOK_STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--paper:#fff;--line:#d1d9e0;--wash:#f3f5f7;--bar:#2f6f9f;--link:#0b57a4}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf0;--soft:#a3adb8;--paper:#14171a;--line:#3a424b;--wash:#1e2328;--bar:#6fb3e0;--link:#8ec5ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1rem;font:1rem/1.5 system-ui,"Noto Sans",sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.25rem;margin:2rem 0 .5rem}h3{font-size:1.05rem;margin:1.5rem 0 .25rem}
a{color:var(--link)}code{font-family:ui-monospace,monospace;font-size:.95em}
fieldset{border:0;margin:0;padding:0}legend{position:absolute;clip-path:inset(50%);height:1px;width:1px;overflow:hidden}
.lang{display:inline-flex;align-items:center;min-height:2.75rem;padding:0 .75rem 0 .25rem}
.lang input{width:1.25rem;height:1.25rem;margin-right:.4rem}
dl{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.15rem .75rem;margin:.5rem 0}dt{color:var(--soft)}dd{margin:0}
@media(max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.35rem}}
table{border-collapse:collapse;min-width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);overflow-wrap:normal}
th{color:var(--soft);font-weight:600}.s{overflow-x:auto;margin:.5rem 0}td code,td:first-child{white-space:nowrap}nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:.5rem 0}nav a{display:inline-block;padding:.6rem 0}
.s:focus-visible,summary:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.v{border-bottom:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 2.75rem}
.v[open]{padding-bottom:.75rem}
summary{cursor:pointer;padding:.6rem .25rem;min-height:2.75rem}summary code{font-weight:600}.n{margin-left:.25rem}
.t{color:var(--soft);white-space:nowrap;margin-left:.35rem}.t b{color:var(--ink)}.t s{text-decoration:none}
.h{position:absolute;clip-path:inset(50%);height:1px;width:1px;overflow:hidden}
.a{background:var(--wash);padding:.5rem .75rem;margin:.25rem 0}.q{margin:.15rem 0;white-space:pre-line}
td i{display:block;height:.35rem;background:var(--bar);min-width:1px}td:nth-child(n+3){min-width:5rem;font-variant-numeric:tabular-nums}
.r td,.m{color:var(--soft)}.e td{border-bottom:0;padding-bottom:0}
#search{width:100%;font:inherit;padding:.6rem;border:1px solid var(--soft);border-radius:.25rem;color:inherit;background:var(--paper)}
.bar{position:sticky;top:0;background:var(--paper);padding:.5rem 0;z-index:1}
[hidden]{display:none!important}
@media print{.bar{display:none}}
${Array.from({ length: 101 }, (_each, width) => `.w${width}{width:${width}%}`).join('')}
${CHOICES}
`;

/** Search, and opening what an address points to. The page is whole without it. */
export const CODEBOOK_SCRIPT = `
'use strict';
(() => {
  const bar = document.querySelector('.bar');
  const field = document.getElementById('search');
  const told = document.getElementById('found');
  const groups = [...document.querySelectorAll('.g')].map((group) => ({
    group,
    variables: [...group.querySelectorAll('.v')].map((element) => ({ element, text: '' })),
  }));
  const plain = (text) => text.toLowerCase().replaceAll('ё', 'е');
  const textOf = (one) => (one.text ||= plain(
    [one.element.querySelector('summary'), ...one.element.querySelectorAll('.q')].map((part) => part.textContent).join(' '),
  ));
  const search = () => {
    const words = plain(field.value).split(/\\s+/).filter(Boolean);
    let found = 0;
    for (const { group, variables } of groups) {
      let here = 0;
      for (const one of variables) {
        const fits = words.every((word) => textOf(one).includes(word));
        one.element.hidden = !fits;
        if (fits) here += 1;
      }
      group.hidden = here === 0;
      found += here;
    }
    told.textContent = words.length > 0 ? String(found) : '';
    told.parentElement.hidden = words.length === 0;
  };
  let waiting;
  field.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 120);
  });
  const openTarget = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener('hashchange', openTarget);
  openTarget();
  bar.hidden = false;
})();
`;

/** SHA-256 of style and script in base64, by which the page's policy knows them. */
export const CODEBOOK_DIGESTS = {
  style: 'HPFTapBy9U0IJPtKYnwQFFdGueDVQOgkEuC7UrudcQs=',
  script: 'Gmu5rufnQZ/4CTIwYhuoZOxfJQUkCJwiVGdZ/hA9Hh0=',
};
