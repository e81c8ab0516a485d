import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../kit/config.js';
import { type Channel } from '../../study/channel.js';
import { type ReportKind } from './dsn.js';
import { readReport } from './report.node.js';

/** Whom a message went to. */
export interface Addressee {
  studyId: string;
  memberId: string;
  channel: Channel;
}

/** What a report does to its message and the next ones. The same report may be given again, and then changes nothing more. */
export interface TroubleSink {
  /** @returns whose message it was, also when the report is known already; undefined where there is no such message */
  trouble(report: {
    messageId: string;
    kind: Exclude<ReportKind, 'none'>;
    code: string;
  }): Promise<Addressee | undefined>;
}

/** The list of addresses that are never written to again. Adding one twice is the same as once. */
export interface AddressSuppression {
  suppressAddressOf(
    studyId: string,
    memberId: string,
    channel: Channel,
    reason: 'bounced' | 'complaint',
  ): Promise<void>;
}

export const TROUBLE_SINK = Symbol('trouble sink');
export const ADDRESS_SUPPRESSION = Symbol('address suppression');

/** Takes what mail servers and people's mail programs send back about our messages. */
@Injectable()
export class BounceService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(TROUBLE_SINK) private readonly messages: TroubleSink,
    @Inject(ADDRESS_SUPPRESSION) private readonly addresses: AddressSuppression,
  ) {}

  /**
   * Reads one raw message and does what follows from it. Whoever calls keeps the message until this has resolved, and may call again.
   * @returns what it was; `none` where it is no report about a message of ours
   */
  async take(raw: Buffer): Promise<ReportKind> {
    const { messageId, kind, code } = await readReport(raw, {
      bounces: this.config.mailBounces,
      host: new URL(this.config.publicUrl).hostname,
    });
    if (kind === 'none' || messageId === undefined) return 'none';
    const of = await this.messages.trouble({ messageId, kind, code });
    if (!of) return 'none';
    if (kind === 'bounced' || kind === 'complaint')
      await this.addresses.suppressAddressOf(of.studyId, of.memberId, of.channel, kind);
    return kind;
  }
}
