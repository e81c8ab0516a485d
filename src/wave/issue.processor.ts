import { z } from 'zod';
import { type NudgeHandler } from '../kit/queue.js';
import { type Plan, type WaveService } from './wave.service.js';

const ids = z.strictObject({ waveId: z.string() });

/** "Cases are owed in this wave." What it plans for them is told from above: this folder knows no messages. */
export class IssueProcessor implements NudgeHandler {
  readonly name = 'wave.issue';

  constructor(
    private readonly waves: WaveService,
    private readonly plan: Plan,
  ) {}

  async handle(payload: unknown, ending: AbortSignal): Promise<void> {
    await this.waves.issueDue(ids.parse(payload).waveId, this.plan, ending);
  }
}
