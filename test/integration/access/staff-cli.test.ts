import { staffCommands } from '../../../src/access/staff.cli.js';
import { LocalDoorService } from '../../../src/access/local-door.service.js';
import { DataSource } from 'typeorm';
import { oneMoreInstance } from '../../make/field.js';
import { loadStudy, testApp, type TestApp } from '../../make/app.js';
import { runCommand } from '../../make/command.js';
import { StaffBrowser } from '../../make/staff-browser.js';

let town: TestApp;
beforeAll(async () => {
  town = await testApp();
  await loadStudy(town.services);
});
afterAll(() => town.close());

const run = (...words: string[]) => runCommand(town.services, staffCommands, 'staff', ...words);
const who = ['--email', 'Vera@staff.example', '--by', 'anna'];
const listed = async () => (await run('list')).lines;

it('invites, grants, withdraws, resets and revokes at the command line', async () => {
  const invited = await run('invite', ...who, '--role', 'researcher', '--study', 'nrd');
  const link = invited.lines.at(-1) ?? '';
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/staff\/accept#[\w-]{43}$/);
  expect(await listed()).toEqual(['vera@staff.example  invited  researcher of new-russian-diasporas']);
  const desk = new StaffBrowser(town);
  await desk.accept(link);
  await run('grant', ...who, '--role', 'analyst', '--every-study');
  expect((await run('grant', ...who, '--role', 'analyst', '--every-study')).lines).toEqual([
    'They had this role already.',
  ]);
  await run('withdraw-grant', ...who, '--role', 'researcher', '--study', 'new-russian-diasporas');
  expect(await listed()).toEqual([
    'vera@staff.example  active  totp  10 recovery codes  analyst of every study',
  ]);
  const renewal = (await run('reset-second-factor', ...who)).lines.at(-1) ?? '';
  expect(renewal).toMatch(/\/staff\/renew#[\w-]{43}$/);
  expect(await listed()).toEqual([
    'vera@staff.example  active  no second factor  0 recovery codes  analyst of every study',
  ]);
  await desk.accept(renewal);
  await run('revoke', ...who);
  expect(await listed()).toEqual(['vera@staff.example  revoked  no role']);
  expect((await desk.get('/staff')).status).toBe(401);
  const acts = await town
    .services(DataSource)
    .query<{ act: string; actor_id: string }[]>(
      `SELECT act, actor_id FROM audit_entry WHERE actor_kind = 'shell' AND act LIKE 'staff%' ORDER BY id`,
    );
  expect(acts.map(({ act }) => act)).toEqual([
    'staff.invited',
    'staff.granted',
    'staff.grant_withdrawn',
    'staff.second_factor_reset',
    'staff.revoked',
  ]);
  expect(new Set(acts.map(({ actor_id }) => actor_id))).toEqual(new Set(['anna']));
});

it('opens a closed account anew by an invitation, with no more than it says', async () => {
  const link = (await run('invite', ...who, '--role', 'field_manager', '--study', 'nrd')).lines.at(-1) ?? '';
  const desk = new StaffBrowser(town);
  await desk.accept(link);
  expect(await listed()).toEqual([
    'vera@staff.example  active  totp  10 recovery codes  field_manager of new-russian-diasporas',
  ]);
});

it('says what was said wrongly', async () => {
  expect((await run('invite', ...who, '--role', 'owner')).code).toBe(2);
  expect((await run('invite', ...who, '--role', 'owner', '--study', 'nrd', '--every-study')).code).toBe(2);
  const invalid = run('invite', '--email', 'no address', '--role', 'owner', '--every-study');
  await expect(invalid).rejects.toMatchObject({ code: 'access.invalid_invitation' });
  const lost = run('invite', '--email', 'x@staff.example', '--role', 'owner', '--study', 'nowhere');
  await expect(lost).rejects.toMatchObject({ code: 'access.unknown_study' });
  await expect(run('revoke', '--email', 'x@staff.example')).rejects.toMatchObject({
    code: 'access.unknown_account',
  });
});

describe('the local door', () => {
  const open = (link: string) =>
    new StaffBrowser(town).post('/staff/demo', { token: new URL(link).hash.slice(1) });

  it('signs in once, from the process that made the link', async () => {
    const link = await town.services(LocalDoorService).newLink('owner@synthetic.example', ['owner']);
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/staff\/demo#[\w-]{43}$/);
    expect((await new StaffBrowser(town).get('/staff/demo')).status).toBe(200);
    const other = await oneMoreInstance(town);
    await expect(other.services(LocalDoorService).enter(new URL(link).hash.slice(1))).rejects.toMatchObject({
      code: 'access.staff_link_lapsed',
    });
    await other.close();
    expect((await open(link)).status).toBe(303);
    expect((await open(link)).status).toBe(404);
  });

  it('is not there where others can reach the installation', async () => {
    for (const differs of [{ publicUrl: 'https://panel.example' }, { host: '0.0.0.0' }]) {
      const door = new LocalDoorService(...doorParts({ ...town.config, ...differs }));
      await expect(door.newLink('owner@synthetic.example', ['owner'])).rejects.toMatchObject({
        code: 'access.local_only',
      });
    }
  });
  const doorParts = (config: TestApp['config']) => {
    const door = town.services(LocalDoorService);
    const part = <Name extends string>(name: Name) => Reflect.get(door, name) as never;
    return [part('db'), part('clock'), config, part('audit'), part('signIns')] as ConstructorParameters<
      typeof LocalDoorService
    >;
  };
});
