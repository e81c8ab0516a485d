import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../kit/config.js';
import { type StudyLetter } from '../study/study-letter.js';
import { StudyService } from '../study/study.service.js';
import { type Message } from './channel.js';
import { ASKED_LETTER, type PlanInForce } from './contact-facts.js';
import { type FactsRow } from './facts.queries.js';
import { renderLetter } from './letter.js';

/** Letters, filled in for one person as they stand at this moment. */
@Injectable()
export class LetterService {
  private readonly known = new Map<string, { version: string | null; letter: StudyLetter }>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StudyService) private readonly studies: StudyService,
  ) {}

  /**
   * @param tokens  of the personal link and of the way to stop messages
   * @throws LetterMissing, LetterPlaceholderUnknown
   */
  async filled(
    row: FactsRow,
    { wave, study, steps }: PlanInForce,
    tokens: { link: string; stop: string },
  ): Promise<Pick<Message, 'letter' | 'unsubscribeUrl'> & { link: string; closesOn: string }> {
    const { publicUrl } = this.config;
    const { locale } = row;
    const unsubscribeUrl = `${publicUrl}/stop/${locale}/${tokens.stop}`;
    const link = `${publicUrl}/go/${study.code}/${wave.id}/${locale}#${tokens.link}`;
    const [from, until] = wave.minutes;
    const closesOn = new Intl.DateTimeFormat(locale, {
      day: 'numeric',
      month: 'long',
      timeZone: 'UTC',
    }).format(row.closes_at);
    const letter = await this.letter(row, steps.get(row.step)?.letter ?? ASKED_LETTER);
    const fields = {
      link,
      unsubscribeLink: unsubscribeUrl,
      minutes: from < until ? `${from}–${until}` : String(until),
      closesOn,
    };
    return { letter: renderLetter(letter, fields, locale), unsubscribeUrl, link, closesOn };
  }

  private async letter(
    { study_id, locale, letters_version: version }: FactsRow,
    name: string,
  ): Promise<StudyLetter> {
    const key = `${study_id}/${name}/${locale}`;
    const known = this.known.get(key);
    if (known?.version === version) return known.letter;
    const letter = await this.studies.letter(study_id, name, locale);
    this.known.set(key, { version, letter });
    return letter;
  }
}
