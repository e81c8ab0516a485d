import { html, type Html } from './page.js';

export interface AddressField {
  label: string;
  /** As it was typed, where it has to be put right. */
  address: string;
  /** What is wrong with it; undefined where nothing is. */
  fault: string | undefined;
}

/** The field for an e-mail address, named `address` in what is posted. */
export const addressField = ({ label, address, fault }: AddressField): Html => html`
  <div class="field">
    <label for="address">${label}</label>
    ${fault !== undefined && html`<p id="address-fault" class="fault">${fault}</p>`}
    <input
      id="address"
      name="address"
      type="email"
      autocomplete="email"
      autocapitalize="off"
      spellcheck="false"
      maxlength="320"
      required
      value="${address}"
      ${fault !== undefined && html`aria-invalid="true" aria-describedby="address-fault" autofocus`}
    />
  </div>
`;
