import { monthOf } from '../../src/residence/month.js';
import { addDays, dateOf } from '../../src/kit/clock.js';
import { type SinkMessage } from '../../src/kit/smtp-sink.js';
import { opensAt, studyOccasions, windowOpenings } from '../../src/demo/chronicle.node.js';
import { Lives } from '../../src/demo/life.node.js';
import { makePeople } from '../../src/demo/people.js';
import { direct } from '../../src/demo/talk.node.js';
import { beginStudy, loadStudy, wavesOf } from '../../src/demo/town.node.js';
import { type ReleaseKind } from '../../src/access/analyst-token.js';
import { ReleaseExports } from '../../src/export/release/release-exports.service.js';
import { ReleaseService } from '../../src/export/release/release.service.js';
import { type Study } from '../../src/study/study.service.js';
import { anna } from './actors.js';
import { testApp, type TestApp } from './app.js';

const BEGINS = new Date('2026-02-02T06:00:00Z');
const SECOND_SURVEY = 'b';
/** So long after it opens, most of its cases are answered, and some are open still. */
const LIVED_DAYS = 45;

/** Texts longer or stranger than some format likes: of 2,000 bytes and more, and such as are quoted. */
export const HOSTILE = [
  'Ы'.repeat(1000),
  '👩‍👩‍👧‍👦'.repeat(100),
  'שלום עולם, '.repeat(100).trim(),
  'Հայաստան և '.repeat(95).trim(),
  `"${'ё'.repeat(254)}"`,
  '=1+1',
  'a,"b"; \\n %d `x` $y',
  'e\u0301\u0323 й и\u0306',
] as const;

/** A study of the demo, as far as its second survey, with its releases. */
export interface ReleaseTown extends TestApp {
  study: Study;
  /** Makes a release whose people's cohorts are those of `HOSTILE`, one each, then the cohorts that they have. */
  make(kind: ReleaseKind): Promise<void>;
  /** @returns its folder */
  write(kind: ReleaseKind, out: string, format?: string): Promise<string>;
}

/** People of the demo who live from the first survey to some weeks into the second; half of a minute. */
export async function releaseTown(people: number, seed: number): Promise<ReleaseTown> {
  let receive: (message: SinkMessage) => void = () => undefined;
  const gone = new Map<string, Date>();
  const sink = {
    onMessage: (message: SinkMessage) => receive(message),
    refuseRecipients: (address: string) =>
      (gone.get(address) ?? town.clock.now()) < town.clock.now() ? 'No such mailbox here' : undefined,
  };
  const town = await testApp({ begins: BEGINS, sink });
  const { services, clock } = town;
  const study = await loadStudy(services);
  const panel = makePeople(people, seed, study.file);
  for (const { email, bouncesAfter } of panel)
    if (bouncesAfter !== undefined) gone.set(email, addDays(BEGINS, bouncesAfter * 30));
  const lives = new Lives(panel, {
    services,
    clock,
    begins: monthOf(dateOf(BEGINS)),
    waves: await wavesOf(services, study),
    talkOf: () => direct(services),
    onInterview: (on) => windowOpenings(study, on).forEach((at) => lives.calendar.lookAt(at)),
  });
  receive = (message) => lives.receive(message);
  const ends = addDays(opensAt(BEGINS, SECOND_SURVEY), LIVED_DAYS);
  const newcomers = { wave: SECOND_SURVEY, people: [] };
  const occasions = studyOccasions({ services, study, begins: BEGINS, lives, newcomers }, ends);
  lives.calendar.add(...occasions.filter(({ at }) => at < ends));
  await beginStudy(services, study, panel);
  await lives.until(ends);
  // By chance, half of them agree to the data's use: more do here, so that groups are large enough to be shown.
  await town.database.asOwner(
    `UPDATE consent SET given = true WHERE purpose = 'archive' OR purpose = 'public_use' AND left(member_id::text, 1) < 'a'`,
  );
  return {
    ...town,
    study,
    async make(kind) {
      await services(ReleaseService).create(study.id, { kind, version: '1.0' }, anna);
      const [release] = await services(ReleaseService).list(study.id, kind);
      // Nothing that people wrote is released, so the texts stand where the study's own words do.
      await town.database.asOwner(
        `UPDATE release_row r SET cells[n.nr] = ($2::text[])[r.seq] FROM release_file f,
           LATERAL (SELECT nr FROM jsonb_array_elements(f.definition -> 'columns') WITH ORDINALITY AS c(of, nr)
                    WHERE of ->> 'name' = 'cohort') AS n
         WHERE f.release_id = $1 AND f.name = 'xwave' AND r.release_id = f.release_id AND r.file_nr = f.nr
           AND r.seq <= cardinality($2::text[])`,
        [release?.id, HOSTILE],
      );
    },
    async write(kind, out, format = 'csv,dta,sav,zsav,parquet') {
      const wish = { kind, format, layout: 'wave,long,wide,spell', locale: 'ru,en', out, replace: true };
      return (await services(ReleaseExports).export(`${study.file.code}-1.0`, wish, anna)).folder;
    },
  };
}
