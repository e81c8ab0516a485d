import { type CheckedReceipt, type Receipt } from '../../rights/receipt.js';
import { dateInWords } from '../shared/locale.js';
import { type MineKey, sayMine } from '../shared/mine-texts.js';
import { type MineFrame, minePage, RECEIPT_PATH, toHome } from './mine-page.js';
import { html } from './page.js';

/**
 * The page after an act, with the code of its receipt.
 * @param open  whether the session of the page goes on after it
 */
export function mineDonePage(frame: MineFrame, receipt: Receipt | undefined, open: boolean): string {
  const { locale } = frame;
  return minePage(
    frame,
    html`
      <h1>${sayMine(locale, receipt ? 'done.title' : 'done.noneTitle')}</h1>
      ${
        receipt
          ? html`<p>${sayMine(locale, `done.${receipt.act}`)}</p>
              <div class="card">
                <p class="label">${sayMine(locale, 'done.code')}</p>
                <p class="receipt copied">${receipt.code}</p>
                <p class="hint">${sayMine(locale, 'done.codeHelp')}</p>
              </div>`
          : html`<p>${sayMine(locale, 'done.none')}</p>`
      }
      <p class="action">
        <a class="secondary" href="${RECEIPT_PATH}?lang=${locale}">${sayMine(locale, 'done.check')}</a>
      </p>
      ${open && toHome(locale)}
    `,
    { open },
  );
}

const stateOf = ({ act, state }: CheckedReceipt): MineKey =>
  state !== 'under_way'
    ? `receipt.state.${state}`
    : `receipt.state.under_way.${act === 'address' ? 'address' : 'erase'}`;

export interface ReceiptPage extends Omit<MineFrame, 'path'> {
  /** What was typed, and what it came to: undefined for a code that nobody was given. */
  checked?: { code: string; found: CheckedReceipt | undefined } | undefined;
}

/** Where anybody can check a receipt: it says what was done when, of nobody. */
export function receiptPage(content: ReceiptPage): string {
  const { locale, checked } = content;
  const isUnknown = checked !== undefined && !checked.found;
  return minePage(
    { ...content, path: RECEIPT_PATH },
    html`
      <h1>${sayMine(locale, checked?.found ? 'receipt.found' : 'receipt.title')}</h1>
      ${
        checked?.found &&
        html`<dl class="card" id="found">
          <dt>${sayMine(locale, 'receipt.what')}</dt>
          <dd>${sayMine(locale, `act.${checked.found.act}`)}</dd>
          <dt>${sayMine(locale, 'receipt.on')}</dt>
          <dd>${dateInWords(checked.found.on, locale)}</dd>
          <dt>${sayMine(locale, 'receipt.state')}</dt>
          <dd>${sayMine(locale, stateOf(checked.found))}</dd>
        </dl>`
      }
      <p>${sayMine(locale, 'receipt.body')}</p>
      <form class="card" method="post" action="${RECEIPT_PATH}" autocomplete="off">
        <input type="hidden" name="locale" value="${locale}" />
        <div class="field">
          <label for="code">${sayMine(locale, 'receipt.label')}</label>
          ${isUnknown && html`<p id="code-fault" class="fault">${sayMine(locale, 'receipt.unknown')}</p>`}
          <input
            id="code"
            name="code"
            type="text"
            autocapitalize="characters"
            spellcheck="false"
            maxlength="40"
            required
            value="${checked?.code ?? ''}"
            aria-describedby="${isUnknown ? 'code-fault code-help' : 'code-help'}"
            ${isUnknown && html`aria-invalid="true" autofocus`}
          />
          <p id="code-help" class="hint">${sayMine(locale, 'receipt.help')}</p>
        </div>
        <button class="primary" type="submit">${sayMine(locale, 'receipt.send')}</button>
      </form>
    `,
    { open: false },
  );
}
