import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StudyService } from '../../../src/study/study.service.js';
import { testApp, type TestApp } from '../../make/app.js';

const STUDY = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');

let town: TestApp;
let base: string;
let folder: string;
beforeAll(async () => void (town = await testApp()));
afterAll(() => town.close());
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'onward-hostile-'));
  folder = join(base, 'study');
  await cp(STUDY, folder, { recursive: true });
  await writeFile(join(base, 'secret'), 'canary-of-the-machine');
});
afterEach(() => rm(base, { recursive: true, force: true }));

const reading = () => town.services(StudyService).read(folder);
const edited = async (change: (study: { waves: { questionnaire: string }[] }) => void) => {
  const path = join(folder, 'study.json');
  const study = JSON.parse(await readFile(path, 'utf8')) as { waves: { questionnaire: string }[] };
  change(study);
  await writeFile(path, JSON.stringify(study));
};

test('the study itself is read', async () =>
  expect((await reading()).questionnaires.size).toBeGreaterThan(0));

test.each(['../../../../etc/passwd', '/etc/passwd', '../secret', 'a/../../secret'])(
  'a questionnaire %s is not',
  async (name) => {
    await edited(({ waves }) => void (waves[0]!.questionnaire = name));
    await expect(reading()).rejects.toMatchObject({ status: 422 });
  },
);

test('a questionnaire, a letter or study.json that is a link is not', async () => {
  for (const name of ['a.json', 'letters/invitation.ru.md', 'study.json']) {
    const kept = await readFile(join(folder, name));
    await rm(join(folder, name));
    await symlink(join(base, 'secret'), join(folder, name));
    await expect(reading()).rejects.toMatchObject({ code: 'kit.outside_folder' });
    await rm(join(folder, name));
    await writeFile(join(folder, name), kept);
  }
  await reading();
});

test('letters that lie elsewhere are not', async () => {
  await cp(join(folder, 'letters'), join(base, 'letters'), { recursive: true });
  await rm(join(folder, 'letters'), { recursive: true });
  await symlink(join(base, 'letters'), join(folder, 'letters'));
  await expect(reading()).rejects.toMatchObject({ code: 'kit.outside_folder' });
});
