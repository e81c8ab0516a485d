import { z } from 'zod';
import { distinct, HOUR, NAME, SLUG } from './study-shapes.js';
import { type Texts } from './study.js';

/** Hours that no study may go beyond. */
const EARLIEST = '09:00';
const LATEST = '20:00';

const EXPERIMENT = z.strictObject({
  id: NAME,
  items: z.array(NAME).min(1, 'Name the items that the arms ask differently.'),
  arms: z
    .array(z.enum(['declared', 'independent']))
    .refine((arms) => new Set(arms).size === arms.length && arms.length > 1, 'Name two different arms.'),
});

/** The shape of a wave in `study.json`. What `eligibility` and `window` say is checked when the study is loaded. */
export const waveSchema = (texts: z.ZodType<Texts>) =>
  z
    .strictObject({
      id: z.string().regex(/^[a-z]$/, 'Use one lower-case letter: it prefixes the variables.'),
      kind: z.enum(['survey', 'check-in']).optional(),
      questionnaire: z.string().regex(/^[a-z0-9-]+\.json$/, 'Name a .json file in the folder of the study.'),
      title: texts,
      minutes: z
        .tuple([z.int().min(1), z.int().min(1)])
        .refine(([from, to]) => from <= to, 'Give the shorter time first.'),
      recruitment: z.enum(['opt-in', 'panel']),
      eligibility: z.unknown().optional(),
      window: z.unknown().optional(),
      windowDays: z.int().min(1).max(366),
      contactPlan: distinct(
        z.strictObject({ step: SLUG, afterDays: z.int().min(0), letter: SLUG }),
        'step',
      ).refine(
        (plan) => plan.every((step, index) => step.afterDays > (plan[index - 1]?.afterDays ?? -1)),
        'Each step must come at least a day after the one before.',
      ),
      experiments: distinct(EXPERIMENT, 'id').optional(),
      contactHours: z
        .strictObject({ from: HOUR, to: HOUR })
        .refine(
          ({ from, to }) => EARLIEST <= from && from < to && to <= LATEST,
          `Messages go out between ${EARLIEST} and ${LATEST}; choose hours within.`,
        ),
    })
    .refine((wave) => (wave.contactPlan.at(-1)?.afterDays ?? 0) < wave.windowDays, {
      path: ['contactPlan'],
      message: 'The last step comes after the wave has closed; bring it forward or lengthen windowDays.',
    });
