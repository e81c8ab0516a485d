import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type NudgeHandler } from '../kit/queue.js';
import { ErasureEndService } from './erasure-end.service.js';

const ids = z.strictObject({});

/** "The vault has somebody to forget." */
@Injectable()
export class ErasureProcessor implements NudgeHandler {
  readonly name = 'rights.erasure';

  constructor(@Inject(ErasureEndService) private readonly end: ErasureEndService) {}

  async handle(payload: unknown): Promise<void> {
    ids.parse(payload);
    await this.end.run();
  }
}
