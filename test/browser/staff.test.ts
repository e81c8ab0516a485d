import { type Browser, type Page } from 'playwright-core';
import { StaffService } from '../../src/access/staff.service.js';
import { findFreePort } from '../../src/kit/embedded-process.node.js';
import { loadStudy, testApp, type TestApp } from '../make/app.js';
import { barriers } from '../make/barriers.js';
import { launchBrowser } from '../make/browser.js';
import { codeAt, PASSWORD } from '../make/staff-browser.js';

const ANNA = { kind: 'shell', by: 'anna' } as const;

/** A folder for pictures of what is looked at, where somebody wants them. */
const PICTURES = process.env['PICTURES'];

let town: TestApp;
let chromium: Browser;
beforeAll(async () => {
  const port = await findFreePort(); // passkeys belong to a name, not to an address
  town = await testApp({ env: { PORT: String(port), PUBLIC_URL: `http://localhost:${port}` } });
  await loadStudy(town.services);
  chromium = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await chromium.close();
  await town.close();
});

const invite = (email: string) =>
  town.services(StaffService).invite(ANNA, email, { role: 'field_manager', study: 'nrd' });

/** A browser of its own, with a passkey in software. */
async function deskPage(options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
  const context = await chromium.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasUserVerification: true, isUserVerified: true },
  });
  return page;
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(`${town.config.publicUrl}/fieldwork/nrd`);
  await page.getByLabel('Адрес электронной почты').or(page.getByLabel('E-mail address')).fill(email);
  await page.getByLabel('Пароль').or(page.getByLabel('Password')).fill(PASSWORD);
  await page.locator('form button').click();
}

/** The page as it stands, on a phone and on a desktop, in the light and in the dark. */
async function looksWell(page: Page): Promise<void> {
  const name = new URL(page.url()).pathname;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [360, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
      if (PICTURES)
        await page.screenshot({
          path: `${PICTURES}/${name.replaceAll('/', '-')}-${width}-${colorScheme}.png`,
          fullPage: true,
        });
      expect([name, width, colorScheme, await barriers(page)]).toEqual([name, width, colorScheme, []]);
    }
}

test('somebody accepts an invitation with a passkey, and signs in with it', async () => {
  const page = await deskPage();
  await page.goto(await invite('vera@staff.example'));
  expect(await page.getByLabel('Paste your whole link').isVisible()).toBe(false);
  await looksWell(page);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  await looksWell(page);
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
  expect(await page.locator('#recovery-codes li').count()).toBe(10);
  await looksWell(page);
  await page.getByRole('link', { name: 'Done, continue' }).click();
  await page.getByRole('heading', { name: 'Studies' }).waitFor();
  await looksWell(page);

  await page.context().clearCookies();
  await signIn(page, 'vera@staff.example');
  await looksWell(page);
  await page.locator('form[data-passkey] button').click();
  await page.getByRole('heading', { name: 'Fieldwork' }).waitFor();
  expect(page.url()).toBe(`${town.config.publicUrl}/fieldwork/nrd`);
  for (const path of [
    '/fieldwork/nrd',
    '/staff/step-up',
    '/staff/password',
    '/staff/sign-in',
    '/staff/renew',
    '/staff/none',
  ])
    for (const lang of ['ru', 'en']) {
      await page.goto(`${town.config.publicUrl}${path}?lang=${lang}`);
      await looksWell(page);
    }
  await page.context().close();
});

test('without scripts, by codes, all of it works as well', async () => {
  const page = await deskPage({ javaScriptEnabled: false });
  const link = await invite('olga@staff.example');
  await page.goto(link);
  await page.getByLabel('Paste your whole link').fill(link);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  const secret = ((await page.locator('#totp-secret').textContent()) ?? '').replace(/ /g, '');
  expect(await page.getByRole('button', { name: 'Make a passkey' }).isVisible()).toBe(false);
  await page.getByLabel('Code', { exact: true }).fill(codeAt(secret, town.clock.now()));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();

  await page.context().clearCookies();
  town.clock.moveTo(new Date(town.clock.now().getTime() + 30_000));
  await signIn(page, 'olga@staff.example');
  await page.locator('#code').fill(codeAt(secret, town.clock.now()));
  await page.locator('form button').click();
  await page.getByRole('heading', { name: 'Fieldwork' }).waitFor();
  await page.context().close();
});
