import { z } from 'zod';
import { CONTACT_HOURS, CONTACT_PLAN, hoursAfter } from './contact-plan.js';
import { distinct, NAME } from './study-shapes.js';
import { type Texts } from './study.js';

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
      contactPlan: CONTACT_PLAN,
      experiments: distinct(EXPERIMENT, 'id').optional(),
      contactHours: CONTACT_HOURS,
    })
    .refine(
      (wave) =>
        wave.contactPlan.every(
          (step) => Math.max(hoursAfter(step) / 24, step.beforeCloseDays ?? 0) < wave.windowDays,
        ),
      {
        path: ['contactPlan'],
        message:
          'A step comes after the wave has closed, or before it opens; move it or lengthen windowDays.',
      },
    );
