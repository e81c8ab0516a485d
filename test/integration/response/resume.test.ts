import { type Field, inTheField } from '../../make/field.js';
import { type Visitor } from '../../make/visitor.js';
import { answersUpTo, completeAnswers, WAVE_A } from '../../make/wave-a-answers.js';

type Answers = Record<string, unknown>;

const CANARIES = ['canary-region-81', 'canary-work-82'];
const LIFE: Answers = {
  spells: [
    { sp_country: 'TUV', sp_region: CANARIES[0], sp_year: 2022, sp_month: 'mar', sp_basis: 'work' },
    { sp_country: 'SRB', sp_year: 2023, sp_month: 'may', sp_basis: 'temporary' },
  ],
  work_strategy: 'freelance',
  occupation: CANARIES[1],
  onward_wish: 'eu',
  onward_plan: 'yes',
};
const WHOLE = completeAnswers(3, LIFE);
const PUT_AWAY_AT = 'p_work_lang';
const FIRST = answersUpTo(PUT_AWAY_AT, WHOLE);
const REST = Object.fromEntries(
  Object.entries(WHOLE).filter(([item]) => !(item in FIRST) && item !== 'eligible'),
);

let field: Field;
beforeAll(async () => {
  field = await inTheField(7);
});
afterAll(() => field.close());

/** A phone on which the first pages were answered, and a laptop that opens the same link. */
async function phoneAndLaptop(person: number): Promise<[phone: Visitor, laptop: Visitor]> {
  const phone = await field.visit(person);
  const saved = await phone.save(0, FIRST, { page: PUT_AWAY_AT, reached: PUT_AWAY_AT });
  if (saved.status !== 201) throw new Error(saved.text);
  return [phone, await field.visit(person)];
}
const answersOf = async (person: number) =>
  (
    await field.rows<{ answers: Answers }>('SELECT answers FROM response WHERE member_id = $1', [
      field.members[person],
    ])
  )[0]?.answers;
const itemsIn = (questionnaire: unknown) =>
  (questionnaire as typeof WAVE_A).pages.flatMap((page) => page.elements.map(({ name }) => name));

describe('a session on another device', () => {
  it('sees none of the answers of the first, and is asked only what is left', async () => {
    const [, laptop] = await phoneAndLaptop(0);
    const { json, text } = await laptop.interview();
    expect(json).toMatchObject({ revision: 1, answers: {}, fresh: false, resumedElsewhere: true });
    for (const canary of [...CANARIES, 'TUV']) expect(text).not.toContain(canary);
    const asked = itemsIn(json['questionnaire']);
    expect(asked.filter((item) => item in FIRST)).toEqual([]);
    expect(asked).toEqual(expect.arrayContaining(Object.keys(REST).filter((item) => !item.includes('-'))));
    for (const item of Object.keys(FIRST)) expect(text).not.toContain(`{${item}}`);
    expect(asked).toContain('customers'); // freelancers are asked about them: routing on sealed answers is resolved
    expect(asked).not.toContain('work_none');
  });

  it('finishes: what is stored is whole, and the first session is told', async () => {
    const [phone, laptop] = await phoneAndLaptop(1);
    await laptop.interview();
    const saved = await laptop.save(1, REST, { page: 'p_gender', reached: 'p_gender' });
    expect([saved.status, saved.json['revision']]).toEqual([201, 2]);
    expect((await laptop.submit(2, REST)).status).toBe(201);
    expect(await answersOf(1)).toEqual(WHOLE);
    const [found] = await field.rows('SELECT state, disposition FROM issued_case WHERE member_id = $1', [
      field.members[1],
    ]);
    expect(found).toEqual({ state: 'complete', disposition: '1.1' });
    for (const reply of [await phone.save(1, FIRST), await phone.interview(), await phone.submit(2, WHOLE)])
      expect(reply.json['code']).toBe('response.already_submitted');
  });

  it('cannot change what the first answered, whatever it sends', async () => {
    const [, laptop] = await phoneAndLaptop(2);
    await laptop.interview();
    const reply = await laptop.save(1, { ...REST, work_strategy: 'not_working', occupation: 'other words' });
    expect(reply.status).toBe(201);
    expect(await answersOf(2)).toMatchObject({ work_strategy: 'freelance', occupation: CANARIES[1] });
  });

  it('takes nothing away before it has asked what is left', async () => {
    const [, laptop] = await phoneAndLaptop(3);
    expect((await laptop.save(1, {})).status).toBe(201);
    expect(await answersOf(3)).toEqual({ ...FIRST, eligible: 1 });
  });

  it('does not see what was answered meanwhile on the first', async () => {
    const phone = await field.visit(4);
    const laptop = await field.visit(4); // before anything was saved
    await phone.save(0, FIRST, { page: PUT_AWAY_AT, reached: PUT_AWAY_AT });
    const { json, text } = await laptop.interview();
    expect(json).toMatchObject({ answers: {}, resumedElsewhere: true });
    for (const canary of CANARIES) expect(text).not.toContain(canary);
  });
});

it('the first session is told of newer answers, and sees its own ones only', async () => {
  const [phone, laptop] = await phoneAndLaptop(5);
  await laptop.interview();
  await laptop.save(1, { ...REST, last_word: 'canary-laptop-83' }, { reached: 'p_last_word' });
  expect((await phone.save(1, FIRST)).json).toMatchObject({ code: 'response.stale_revision', revision: 2 });
  const { json, text } = await phone.interview();
  expect(json).toMatchObject({ revision: 2, resumedElsewhere: true, answers: { occupation: CANARIES[1] } });
  expect(text).not.toContain('canary-laptop-83');
  expect(itemsIn(json['questionnaire'])).not.toContain('last_word');
  expect((await phone.save(2, { ...FIRST, occupation: 'changed' })).status).toBe(201);
  expect(await answersOf(5)).toMatchObject({ occupation: 'changed', last_word: 'canary-laptop-83' });
});

it('the same browser goes on where it was, with its answers', async () => {
  const [phone] = await phoneAndLaptop(6);
  await phone.open({ token: await field.tokenOf(6) });
  const { json } = await phone.interview();
  expect(json).toMatchObject({ answers: FIRST, page: PUT_AWAY_AT, resumedElsewhere: false });
  expect(itemsIn(json['questionnaire'])).toContain('work_none');
});
