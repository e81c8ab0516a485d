import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * SurveyJS ships more than a questionnaire on a phone needs, and it does not tree-shake. Four cuts, all of things that
 * are never drawn here; each throws if its place is not found, so that an upgrade cannot undo them silently.
 *
 * 1. The default theme stands both in the script and in the style sheet. With `generateStylesheet = false` only the
 *    style sheet's copy is used, apart from the four variables that a survey binds to its root.
 * 2. The map from the old theme variables to the new serves themes that are given as objects; ours is CSS.
 * 3. Style rules and icons of the survey's own frame (progress bar, cover, table of contents, timer, logo, pop-up
 *    window, completed page), which ours replaces, and of files and signatures, which no questionnaire may ask for;
 *    and theme variables that nothing refers to or that `respond.css` sets itself.
 * 4. The drawing of signatures, for the same reason.
 *
 * Measured with survey-core 3.1.1: 23 kB of brotli (337 without, 314 with).
 */
export function slimSurveyJs() {
  const used = new Set();
  const overridden = new Set();
  return {
    name: 'slim-surveyjs',
    buildStart() {
      used.clear();
      overridden.clear();
      const own = ['respond/respond.css', 'respond/plain.css'].map((file) => new URL(file, import.meta.url));
      const theirs = ['survey-core', 'survey-react-ui'].map((name) => import.meta.resolve(name));
      for (const file of [...own, ...theirs]) {
        let text = readFileSync(fileURLToPath(file), 'utf8');
        if (String(file).endsWith('survey-core.mjs')) text = slimScript(text);
        for (const variable of variablesIn(text)) used.add(variable);
        if (String(file).endsWith('respond.css')) {
          for (const [, variable] of text.matchAll(/(--sjs2[a-z0-9-]+):/g)) overridden.add(variable);
        }
      }
    },
    transform: {
      filter: { id: /[\\/](survey-core\.(mjs|css)|survey-react-ui\.mjs)$/ },
      handler(code, id) {
        if (id.endsWith('.css')) return { code: slimStyle(code, used, overridden), map: null };
        return { code: id.endsWith('survey-core.mjs') ? slimScript(code) : slimIcons(code), map: null };
      },
    },
  };
}

const BOUND_TO_THE_ROOT = /"--sjs2-border-effect-(surface|component-formbox)-(default|focused)"/;
const FRAME =
  /\.(sd-(progress-buttons|timer|completed|logo|toc|breadcrumbs|summary|file|signaturepad)|sv-(header|brand|save-data|logo|cover)|sv_(progress-toc|window)|svc-)/;
/** Icons of that frame, and of a theme that SurveyJS no longer has, in the React renderer. */
const FRAME_ICONS =
  /^var (modern\w+|progressbutton|timercircle|navmenu_24x24|maximize_16x16|minimize_16x16|restoredown_16x16|fullsize_16x16|editsmall_16x16|camera_\d+x\d+|flip_24x24|folder_24x24|file_72x72|removefile) = "<svg.*";$/gm;

const variablesIn = (text) => text.match(/--[a-z][a-z0-9-]*/gi) ?? [];

function slimScript(code) {
  const [theme, themeEnd] = literalAfter(code, 'var baseTheme = ');
  const kept = code
    .slice(theme, themeEnd)
    .split('\n')
    .filter((line) => !line.trim().startsWith('"--') || BOUND_TO_THE_ROOT.test(line));
  if (kept.filter((line) => BOUND_TO_THE_ROOT.test(line)).length !== 4)
    throw new Error('The four variables moved');
  const slimmer = code.slice(0, theme) + kept.join('\n') + code.slice(themeEnd);
  const [legacy, legacyEnd] = literalAfter(slimmer, 'const legacyCssVariables = ');
  return withoutBody(`${slimmer.slice(0, legacy)}{${slimmer.slice(legacyEnd - 1)}`, 'class SignaturePad ');
}

/** Empties a class of the script's top level. */
function withoutBody(code, declaration) {
  const at = code.indexOf(`\n${declaration}`);
  const body = code.indexOf(' {\n', at);
  const end = code.indexOf('\n}\n', body);
  if (at < 0 || body < 0 || end < 0) throw new Error(`survey-core no longer has “${declaration}”`);
  return code.slice(0, body + 2) + code.slice(end + 1);
}

function slimIcons(code) {
  const slimmer = code.replace(FRAME_ICONS, 'var $1 = "";');
  if (slimmer.length > code.length - 3000)
    throw new Error('survey-react-ui no longer holds its icons as it did');
  return slimmer;
}

/** Where the object literal behind a declaration begins and ends. Both literals close at the line's start. */
function literalAfter(code, declaration) {
  const at = code.indexOf(`\n${declaration}{`);
  const end = code.indexOf('\n};', at);
  if (at < 0 || end < 0) throw new Error(`survey-core no longer has “${declaration}{…}”`);
  return [at + 1 + declaration.length, end + 2];
}

function slimStyle(css, used, overridden) {
  const rules = rulesOf(css.replace(/\/\*[\s\S]*?\*\//g, ''))
    .map(([selector, body]) => [selector.startsWith('@') ? selector : withoutFrame(selector), body])
    .filter(([selector]) => selector !== '');
  const isTheme = (selector) => selector === ':where(.sd-theme-root)';
  const definitions = new Map();
  for (const [selector, body] of rules) {
    if (isTheme(selector)) for (const [name, value] of declarationsOf(body)) definitions.set(name, value);
  }
  if (definitions.size < 1000) throw new Error('survey-core.css no longer defines its theme as it did');
  const needed = new Set();
  const look = [...used];
  for (const [selector, body] of rules) if (!isTheme(selector)) look.push(...variablesIn(body));
  for (let name = look.pop(); name !== undefined; name = look.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    if (!overridden.has(name)) look.push(...variablesIn(definitions.get(name) ?? ''));
  }
  return rules
    .map(([selector, body]) => {
      if (!isTheme(selector)) return `${selector}{${body}}`;
      const kept = declarationsOf(body).filter(([name]) => needed.has(name) && !overridden.has(name));
      return `${selector}{${kept.map(([name, value]) => `${name}:${value}`).join(';')}}`;
    })
    .join('\n');
}

const withoutFrame = (selector) =>
  selector
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !FRAME.test(part))
    .join(',');

const declarationsOf = (body) =>
  body
    .split(';')
    .map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()])
    .filter(([name]) => name.startsWith('--'));

/** Top-level rules as [selector, body]; the body of an at-rule keeps its nested rules. */
function rulesOf(css) {
  const rules = [];
  for (let from = 0, open = css.indexOf('{'); open >= 0; open = css.indexOf('{', from)) {
    let end = open + 1;
    for (let depth = 1; depth > 0; end++) {
      if (css[end] === '{') depth++;
      if (css[end] === '}') depth--;
      if (end > css.length) throw new Error('survey-core.css has an unclosed rule');
    }
    rules.push([css.slice(from, open).trim(), css.slice(open + 1, end - 1)]);
    from = end;
  }
  return rules;
}
