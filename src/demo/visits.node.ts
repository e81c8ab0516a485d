import { type Services } from '../kit/cli.js';
import { type Clock, dateOf } from '../kit/clock.js';
import { type ReadyQuestionnaire } from '../questionnaire/questionnaire.service.js';
import { randomAnswers } from '../questionnaire/random-answers.js';
import { type Month, monthOf } from '../residence/month.js';
import { CaseService } from '../wave/case.service.js';
import { type Act } from './acts.js';
import { steer } from './answers.js';
import { remembered, steerFollowUp } from './follow-up-answers.js';
import { type Person } from './people.js';
import { seeded } from './random.js';
import { type Talk, type Visit } from './talk.node.js';
import { lifeOf, livedBy } from './whereabouts.js';

type Answers = Record<string, unknown>;

/** A wave as its people meet it, in the order of time. */
export interface FieldedWave {
  letter: string;
  nr: number;
  kind: 'survey' | 'check-in';
  questionnaire: Pick<ReadyQuestionnaire, 'check' | 'feeds'> & {
    json: { pages?: { name?: string; elements?: { name?: string }[] }[] };
  };
}

/** What visits need of the world. */
export interface VisitedWorld {
  services: Services;
  clock: Clock;
  /** The month in which the study begins. */
  begins: Month;
  waves: ReadonlyMap<string, FieldedWave>;
}

/** Who visits, and what they remember of their earlier answers. */
export interface Visitor {
  person: Person;
  talk: Talk;
  said: Answers;
  /** What they began to say in a wave, by its letter: whoever goes on later says the same. */
  begun: Map<string, Answers>;
}

/** The language in which someone answers a wave. */
export function localeIn({ locale, switches }: Person, wave: string, waves: VisitedWorld['waves']): string {
  const from = switches && waves.get(switches.wave)?.nr;
  const now = waves.get(wave)?.nr ?? 0;
  return switches && from !== undefined && now >= from ? switches.locale : locale;
}

/**
 * Does what someone does with the link of a wave.
 * @returns whether they answered anything
 * @throws Problem, VisitRefused where the server turns them away
 */
export async function perform(
  world: VisitedWorld,
  visitor: Visitor,
  { act, token, letter }: { act: Act; token: string; letter: string },
): Promise<boolean> {
  const { person, talk } = visitor;
  const wave = world.waves.get(letter);
  if (!wave) throw new Error(`No wave ${letter} is fielded`);
  if (act.does === 'leave' || act.does === 'die') {
    const [as, reason] =
      act.does === 'leave'
        ? (['withdrawn', 'asked to be taken out'] as const)
        : (['dead', 'a relative wrote'] as const);
    await world
      .services(CaseService)
      .endMembership({ memberId: person.id, as, reason, actor: { kind: 'shell', by: 'field team' } });
    return false;
  }
  const locale = localeIn(person, letter, world.waves);
  const visit = await talk.enter(token, locale);
  if (act.does === 'open') return false;
  const say = { wave, locale, willing: act.does !== 'refuse' };
  const answers = visitor.begun.get(letter) ?? answersOf(world, visitor, say, earlierOf(visit, locale));
  if (act.does === 'stall') {
    visitor.begun.set(letter, answers);
    const { part, page } = upTo(answers, wave, act.share ?? 0.5);
    await visit.save(part, page, locale);
    Object.assign(visitor.said, remembered(part));
    return true;
  }
  const final = say.willing ? await compared(world, visitor, visit, say, answers) : answers;
  await visit.submit(final, locale);
  Object.assign(visitor.said, remembered(final));
  return true;
}

interface Say {
  wave: FieldedWave;
  locale: string;
  willing: boolean;
}

const earlierOf = (visit: Visit, locale: string): Answers => ({ ...visit.earlier[locale] });

/** Whoever answers a sensitive item differently learns of it with the next save, and is asked why. */
async function compared(
  world: VisitedWorld,
  visitor: Visitor,
  visit: Visit,
  say: Say,
  answers: Answers,
): Promise<Answers> {
  const { wave, locale } = say;
  const prev = earlierOf(visit, locale);
  const sensitive = wave.questionnaire.feeds.filter((feed) => feed.sensitive);
  if (!sensitive.some(({ item }) => prev[`${item}_when`] !== undefined)) return answers;
  const page = wave.questionnaire.json.pages?.at(-1)?.name ?? '';
  const differs = await visit.save(answers, page, locale);
  for (const [item, differing] of Object.entries(differs)) prev[`${item}_differs`] = differing;
  if (!Object.values(differs).includes(true)) return answers;
  return answersOf(world, visitor, say, prev, answers);
}

/** @param kept  answers that were given already: they stay where they may */
function answersOf(
  world: VisitedWorld,
  visitor: Visitor,
  say: Say,
  prev: Answers,
  kept: Answers = {},
): Answers {
  const { person, said } = visitor;
  const { wave, locale, willing } = say;
  const now = world.clock.now();
  const isFirst = wave.nr === 0;
  const random = seeded(isFirst ? person.seed : person.seed ^ (wave.nr * 0x9e_3779));
  const lived = livedBy(lifeOf(person, world.begins), monthOf(dateOf(now)));
  const brief = wave.kind === 'check-in';
  const wish = isFirst
    ? steer(person, willing)
    : steerFollowUp({ person, lived, prev, said, locale, willing, brief, random });
  const again = new Set<string>();
  return randomAnswers(wave.questionnaire.check, {
    random,
    context: isFirst ? { now } : { now, prev },
    choose: (item) => {
      const stays = Object.hasOwn(kept, item.key) && !again.has(item.key);
      again.add(item.key);
      return stays ? kept[item.key] : wish(item);
    },
    blankShare: 0.04,
  });
}

/** The answers of the first pages, as they stand when someone puts the phone away. */
function upTo(
  answers: Answers,
  { questionnaire }: FieldedWave,
  share: number,
): { part: Answers; page: string } {
  const pages = questionnaire.json.pages ?? [];
  const reached = Math.max(1, Math.floor(pages.length * share));
  const seen = new Set(
    pages.slice(0, reached).flatMap((page) => (page.elements ?? []).map((element) => element.name)),
  );
  const part = Object.fromEntries(
    Object.entries(answers).filter(([key]) => seen.has(key.replace(/-(Comment|refused)$/, ''))),
  );
  return { part, page: pages[reached - 1]?.name ?? '' };
}
