import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../../src/kit/paths.node.js';
import { type ContactRules, type ContactStep } from '../../../../src/study/contact-plan.js';
import { type StudyFile, type WaveFile } from '../../../../src/study/study.js';

const FIRST_STUDY = join(ROOT.surveys, 'new-russian-diasporas');
const LOCALES = ['ru', 'en'] as const;

/** The waves of the campaign, and the day of it on which each opens. */
export const WAVES = { a: 0, k: 3, b: 6 } as const;
export type WaveLetter = keyof typeof WAVES;
export const LETTERS = Object.keys(WAVES) as WaveLetter[];
export const CAMPAIGN_DAYS = 23;
/** Which waves a member gets is decided by the cohort. */
export const COHORTS = { one: ['a'], check: ['a', 'k'], both: ['a', 'k', 'b'] } as const;

/** One a day and three a week at most, and hours that differ by channel, by country and by day of the week. */
const RULES: ContactRules = {
  frequency: [
    { messages: 1, hours: 20 },
    { messages: 3, hours: 168 },
  ],
  hours: [
    { channel: 'telegram', from: '10:30', to: '18:00' },
    { country: 'ISR', days: ['sun', 'mon', 'tue', 'wed', 'thu'] },
    { country: 'TUR', channel: 'email', from: '12:00' },
    { country: 'KAZ', to: '19:00', days: ['mon', 'tue', 'wed', 'thu', 'fri'] },
  ],
};

const PLANS: Record<WaveLetter, Omit<ContactStep, 'letter'>[]> = {
  a: [
    { step: 'invitation', afterDays: 0, spreadMinutes: 90 },
    {
      step: 'unopened',
      afterDays: 2,
      afterHours: 5,
      channels: ['telegram', 'email'],
      when: { fact: 'case.opened', is: false },
    },
    {
      step: 'stalled',
      afterDays: 4,
      withinDays: 9,
      when: {
        all: [
          { fact: 'case.state', in: ['started'] },
          { fact: 'case.page', in: ['p_country'] },
          { fact: 'case.idle_hours', atLeast: 30 },
        ],
      },
    },
    { step: 'reminder', afterDays: 7, spreadMinutes: 240 },
    {
      step: 'by-bot',
      afterDays: 10,
      withinDays: 1,
      channels: ['telegram'],
      when: { not: { fact: 'case.state', in: ['started'] } },
    },
    { step: 'last', kind: 'last-call', beforeCloseDays: 3, spreadMinutes: 120 },
    { step: 'thanks', kind: 'thanks', afterHours: 3 },
  ],
  k: [
    { step: 'check-in', afterDays: 0, spreadMinutes: 60 },
    { step: 'reminder', afterDays: 4, withinDays: 2, channels: ['telegram', 'email'] },
  ],
  b: [
    { step: 'invitation', afterDays: 0, afterHours: 4 },
    { step: 'opened', afterDays: 3, withinDays: 8, when: { fact: 'case.opened', is: true } },
    { step: 'last', kind: 'last-call', beforeCloseDays: 2, spreadMinutes: 30 },
  ],
};

const lettered = (wave: WaveLetter, plan: readonly Omit<ContactStep, 'letter'>[]): ContactStep[] =>
  plan.map((step) => ({ ...step, letter: `${wave}-${step.step}` }));

/** The first wave's plan as staff edit it in the field: a step comes sooner, another one is taken out. */
export const editedPlan = (): ContactStep[] =>
  lettered(
    'a',
    PLANS.a.flatMap((step) => {
      if (step.step === 'by-bot') return [];
      return [step.step === 'reminder' ? { ...step, afterDays: 6 } : step];
    }),
  );

/**
 * The first study with the rules and plans of the campaign. The subject of each letter says which message it is, so that what arrives
 * can be told apart: "wave step locale".
 * @returns its folder
 */
export async function studyFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'onward-agreement-'));
  const folder = join(parent, 'new-russian-diasporas');
  await cp(FIRST_STUDY, folder, { recursive: true });
  const file = JSON.parse(await readFile(join(folder, 'study.json'), 'utf8')) as StudyFile;
  const waves = file.waves.flatMap((wave): WaveFile[] => {
    const letter = LETTERS.find((one) => one === wave.id);
    return letter ? [ofCampaign(wave, letter)] : [];
  });
  await writeFile(join(folder, 'study.json'), JSON.stringify({ ...file, contact: RULES, waves }));
  for (const locale of LOCALES) {
    const write = async (letter: string, like: string, subject: string) => {
      const [, ...body] = (await readFile(join(folder, 'letters', `${like}.${locale}.md`), 'utf8')).split(
        '\n',
      );
      await writeFile(
        join(folder, 'letters', `${letter}.${locale}.md`),
        [`# ${subject}`, ...body].join('\n'),
      );
    };
    for (const wave of LETTERS)
      for (const { step, letter } of lettered(wave, PLANS[wave]))
        await write(letter, step === 'thanks' ? 'thanks' : 'invitation', `${wave} ${step} ${locale}`);
    await write('remind-me', 'remind-me', `- asked ${locale}`);
  }
  return { folder, remove: () => rm(parent, { recursive: true, force: true }) };
}

function ofCampaign(wave: WaveFile, letter: WaveLetter): WaveFile {
  const plain: WaveFile = { ...wave, contactPlan: lettered(letter, PLANS[letter]) };
  delete plain.eligibility;
  delete plain.window;
  if (letter === 'a') return { ...plain, windowDays: 22 };
  const cohorts = Object.entries(COHORTS).flatMap(([cohort, waves]) =>
    (waves as readonly string[]).includes(letter) ? [cohort] : [],
  );
  const eligibility = { fact: 'cohort', in: cohorts };
  if (letter === 'b') return { ...plain, windowDays: 15, eligibility };
  const window = { rolling: { anchor: 'joined', afterMonths: 0, days: 9, orFromOpening: true } };
  return { ...plain, windowDays: 18, eligibility, window };
}
