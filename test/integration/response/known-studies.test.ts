import { type Field, inTheField } from '../../make/field.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

let field: Field;
beforeAll(async () => {
  field = await inTheField(2);
});
afterAll(() => field.close());

it('a study that is loaded anew counts from the next submission on, in a process that knew it before', async () => {
  const answers = completeAnswers(4, { consent_recontact: 'yes' });
  const versionAgreedTo = async (person: number) => {
    const browser = await field.visit(person);
    expect((await browser.submit(0, answers)).status).toBe(201);
    const rows = await field.rows<{ text_version: string }>(
      `SELECT text_version FROM consent WHERE member_id = $1 AND purpose = 'recontact'`,
      [field.members[person]],
    );
    return rows.map((row) => row.text_version);
  };
  const { version } = field.study.file.consents.find(({ id }) => id === 'recontact') ?? {};
  expect(await versionAgreedTo(0)).toEqual([version]);
  const consents = field.study.file.consents.map((consent) => ({ ...consent, version: 'newer' }));
  await field.rows(`UPDATE study SET definition = jsonb_set(definition, '{consents}', $1::jsonb)`, [
    JSON.stringify(consents),
  ]);
  expect(await versionAgreedTo(1)).toEqual(['newer']);
});
