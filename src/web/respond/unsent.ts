import type { SaveBody, Snapshot } from '../shared/respond-api.js';

/** Answers that the server has not acknowledged yet. */
export interface Unsent {
  /** Whose they are (`Interview.case`): someone else may open their own link in the same tab. */
  case: string;
  /** The revision that the person saw when they answered. */
  base: number;
  /** Sent, perhaps stored, not acknowledged: only this very body may be sent again. */
  inFlight: SaveBody | null;
  /** Later changes. */
  latest: Snapshot | null;
}

const KEY = 'unsent';

/**
 * Where unacknowledged answers wait: in `sessionStorage`, and nowhere once they are acknowledged.
 *
 * The phone may be taken from its owner, so answers must not pile up on it. `sessionStorage` outlives what happens by
 * accident (a reload, a tab that the system put to sleep) and ends with the tab; `localStorage` and IndexedDB would keep
 * answers on the disk until somebody opens this very site again, and encrypting them there helps little, for the key
 * would lie beside them. The price: answers given without network are lost if the tab is closed before it returns. The
 * status line says that they are unsaved, and the browser asks before it closes the tab.
 */
export const unsentStore = {
  read(ofCase: string): Unsent | null {
    const text = storage()?.getItem(KEY);
    if (!text) return null;
    const unsent = JSON.parse(text) as Unsent;
    return unsent.case === ofCase ? unsent : null;
  },
  write(unsent: Unsent | null): void {
    if (!unsent?.inFlight && !unsent?.latest) storage()?.removeItem(KEY);
    else storage()?.setItem(KEY, JSON.stringify(unsent));
  },
  clear(): void {
    storage()?.clear();
  },
};

/** Null where the browser forbids storage (some private modes): answers then live in memory only. */
function storage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
