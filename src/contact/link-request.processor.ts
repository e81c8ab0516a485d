import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type NudgeHandler } from '../kit/queue.js';
import { LinkRequestService } from './link-request.service.js';

const nothing = z.strictObject({});

/** "Somebody may wait for a new link." */
@Injectable()
export class LinkRequestProcessor implements NudgeHandler {
  readonly name = 'contact.link';

  constructor(@Inject(LinkRequestService) private readonly requests: LinkRequestService) {}

  async handle(payload: unknown, ending: AbortSignal): Promise<void> {
    nothing.parse(payload);
    await this.requests.work(ending);
  }
}
