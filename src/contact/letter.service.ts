import { Inject, Injectable } from '@nestjs/common';
import { lastDayBefore } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { dateLocale } from '../kit/date-locale.js';
import { StudyService } from '../study/study.service.js';
import { type Message } from './channel.js';
import { ASKED_LETTER, type PlanInForce } from './contact-facts.js';
import { type FactsRow } from './facts.queries.js';
import { fillLetter, letterTemplate, type LetterTemplate } from './letter.js';

/** Letters, filled in for one person as they stand at this moment. */
@Injectable()
export class LetterService {
  private readonly known = new Map<string, { version: string | null; template: LetterTemplate }>();

  private readonly days = new Map<string, Intl.DateTimeFormat>();

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
    const closesOn = this.dayIn(locale).format(lastDayBefore(row.closes_at));
    const template = await this.template(row, steps.get(row.step)?.letter ?? ASKED_LETTER);
    const fields = {
      link,
      unsubscribeLink: unsubscribeUrl,
      minutes: from < until ? `${from}–${until}` : String(until),
      closesOn,
    };
    return { letter: fillLetter(template, fields), unsubscribeUrl, link, closesOn };
  }

  /** Making one takes longer than all else about a letter. */
  private dayIn(locale: string): Intl.DateTimeFormat {
    const format =
      this.days.get(locale) ??
      new Intl.DateTimeFormat(dateLocale(locale), { day: 'numeric', month: 'long', timeZone: 'UTC' });
    this.days.set(locale, format);
    return format;
  }

  private async template(
    { study_id, locale, letters_version: version }: FactsRow,
    name: string,
  ): Promise<LetterTemplate> {
    const key = `${study_id}/${name}/${locale}`;
    const known = this.known.get(key);
    if (known?.version === version) return known.template;
    const template = letterTemplate(await this.studies.letter(study_id, name, locale), locale);
    this.known.set(key, { version, template });
    return template;
  }
}
