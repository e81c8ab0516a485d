import { foldHistory } from './history.js';
import { residenceReport } from './report.js';
import { type History, type Spell } from './spell.js';

/** A version of a spell: it came with one revision of the history and stands until another put something else in its place. */
export interface SpellVersion {
  spell: Spell;
  /** Number of the revision, from 1. */
  since: number;
  /** Null while it stands. */
  until: number | null;
  /** Position, from 1, among those that came with the same revision. */
  seq: number;
}

/**
 * Every version that a history's spells have had. A confirmation is no new version: it only renews the day on which the place was
 * last known and what became of it when it was shown.
 */
export function versionsOf({ revisions }: Pick<History, 'revisions'>): SpellVersion[] {
  const versions: SpellVersion[] = [];
  const standing = new Map<Spell, SpellVersion>();
  revisions.forEach(({ changes }, index) => {
    const since = index + 1;
    let seq = 0;
    const replaced = changes.map(({ before }) => (before ? standing.get(before) : undefined));
    for (const { before } of changes) if (before) standing.delete(before);
    changes.forEach(({ kind, after }, position) => {
      const version = replaced[position];
      if (kind === 'confirmed' && version && after) {
        version.spell = after;
        standing.set(after, version);
        return;
      }
      if (version) version.until = since;
      if (!after) return;
      const next = { spell: after, since, until: null, seq: ++seq };
      versions.push(next);
      standing.set(after, next);
    });
  });
  return versions;
}

/** The history that stored answers add up to: those of interviews, and (`wave_id` null) those given between waves. */
export const historyFrom = (
  said: readonly {
    answers: Readonly<Record<string, unknown>>;
    wave_id: string | null;
    reported_on: string;
  }[],
): History =>
  foldHistory(
    said.flatMap(({ answers, wave_id, reported_on }) => residenceReport(answers, wave_id, reported_on) ?? []),
  );
