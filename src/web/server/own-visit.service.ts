import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { cookieValue, ownCookie, ownCookieName } from '../../access/cookie.js';
import { CONFIG, type Config } from '../../kit/config.js';
import { OWN_PAGE_SECONDS, OwnPageService } from '../../rights/own-page.service.js';
import { isRightsAct, type Receipt } from '../../rights/receipt.js';
import { type OwnMember } from '../../rights/rights.queries.js';
import { RightsService } from '../../rights/rights.service.js';
import { type StudyFile } from '../../study/study.js';
import { StudyService } from '../../study/study.service.js';
import { type MineFrame } from './mine-page.js';
import { webAssets } from './web-assets.node.js';

/** Whose page a request is about, and the frame of the answer. */
export interface OwnVisit {
  member: OwnMember;
  study: StudyFile;
  frame: MineFrame;
}

/** For so long a page can show again what receipt was given. */
const RECEIPT_SECONDS = 600;

/** Sessions and receipts as they travel with the requests of a person's own page. */
@Injectable()
export class OwnVisitService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(OwnPageService) private readonly pages: OwnPageService,
    @Inject(RightsService) private readonly rights: RightsService,
    @Inject(StudyService) private readonly studies: StudyService,
  ) {}

  /**
   * @param lang  the language that was asked for; else the person's own
   * @throws OwnPageClosed
   */
  async visit(request: FastifyRequest, lang: unknown, path: string): Promise<OwnVisit> {
    const member = await this.rights.memberOf(await this.pages.memberBehind(this.sessionIn(request)));
    const { file } = await this.studies.get(member.studyId);
    const wanted = [lang, member.locale].find((each) => file.locales.some((locale) => locale === each));
    const locale = typeof wanted === 'string' ? wanted : (file.locales[0] ?? 'en');
    return { member, study: file, frame: { locale, locales: file.locales, path, assets: webAssets() } };
  }

  sessionIn({ headers }: FastifyRequest): string | undefined {
    return cookieValue(headers.cookie, ownCookieName(this.config.publicUrl, 'mine')) || undefined;
  }

  begin(reply: FastifyReply, token: string): void {
    void reply.header('set-cookie', ownCookie(this.config.publicUrl, 'mine', token, OWN_PAGE_SECONDS));
  }

  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.pages.end(this.sessionIn(request));
    void reply.header('set-cookie', ownCookie(this.config.publicUrl, 'mine', '', 0));
  }

  /** Hands a receipt to the page after an act, which can be reloaded: no address and no history of a browser names it. */
  keepReceipt(reply: FastifyReply, { act, on, code }: Receipt): void {
    const value = [act, on, code].join('.');
    void reply.header('set-cookie', ownCookie(this.config.publicUrl, 'receipt', value, RECEIPT_SECONDS));
  }

  receiptIn({ headers }: FastifyRequest): Receipt | undefined {
    const value = cookieValue(headers.cookie, ownCookieName(this.config.publicUrl, 'receipt')) ?? '';
    const [act = '', on = '', code = ''] = value.split('.');
    return isRightsAct(act) && /^\d{4}-\d{2}-\d{2}$/.test(on) ? { act, on, code } : undefined;
  }
}
