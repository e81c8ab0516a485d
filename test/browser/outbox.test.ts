import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { startOutbox, type Outbox } from '../../src/demo/outbox.node.js';
import type { SinkMessage } from '../../src/kit/smtp-sink.js';
import { launchBrowser } from '../make/browser.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let outbox: Outbox;
let start: Server; // the page that the letter's personal link leads to
let link: string;
const asked: string[] = [];

beforeAll(async () => {
  start = createServer((incoming, response) => {
    asked.push(`${incoming.url} ${incoming.headers.referer ?? 'no referrer'}`);
    response.end('<!doctype html><title>Start</title><script>document.title = "Scripts run"</script>');
  }).listen(0, '127.0.0.1');
  await once(start, 'listening');
  link = `http://127.0.0.1:${(start.address() as AddressInfo).port}/s#${'t0ken'.repeat(9)}`;
  const messages: SinkMessage[] = ['Приглашение в исследование', 'Напоминание'].map((subject, n) => ({
    id: `00000${n + 1}`,
    from: 'panel@example.org',
    to: ['anna.with.a.rather.long.address@subdomain.example.org'],
    subject,
    receivedAt: new Date(Date.UTC(2027, 2, 1 + n, 9)),
    text: `Здравствуйте!\n\nВаша ссылка: ${link}\n`,
    html: `<p>Ваша <a href="${link}">ссылка</a></p><img src="${link}"><script>parent.document.title = 'broken out'</script>`,
  }));
  browser = await launchBrowser();
  outbox = await startOutbox({ sink: { messages: () => Promise.resolve(messages) } });
});

afterAll(async () => {
  await browser.close();
  await outbox.stop();
  start.close();
  start.closeAllConnections();
});

async function open(width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 740 },
    colorScheme,
    bypassCSP: false,
  });
  const page = await context.newPage();
  await page.goto(outbox.url);
  return page;
}

async function violations(page: Page): Promise<string[]> {
  return page.evaluate(async (source) => {
    (0, eval)(source); // the test's own, past the page's policy
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  }, axe);
}

test.each([
  [360, 'light'],
  [360, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const)('at %d px in %s the list and a letter can be read by everybody', async (width, scheme) => {
  const page = await open(width, scheme);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Напоминание' }).click();
  expect(await page.getByRole('heading', { level: 2 }).textContent()).toBe('Напоминание');
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const list = page.getByRole('link', { name: 'Приглашение' });
  expect(await list.isVisible()).toBe(width === 1280);
  if (width === 360) await page.getByRole('link', { name: 'All messages' }).click();
  expect(await list.isVisible()).toBe(true);
});

test('links in the text and in the formatted letter open; nothing else of the letter acts', async () => {
  const page = await open(1280);
  await page.getByRole('link', { name: 'Напоминание' }).click();
  const letter = page.frameLocator('iframe');
  await letter.getByText('Ваша').waitFor();
  expect(await page.title()).toBe('Напоминание');
  expect(asked).toEqual([]); // no picture was fetched
  expect(await letter.locator('body').evaluate(() => self.origin)).toBe('null'); // it cannot reach our page

  for (const anchor of [
    page.locator('article').getByRole('link', { name: 't0ken' }),
    letter.getByRole('link'),
  ]) {
    const [opened] = await Promise.all([page.context().waitForEvent('page'), anchor.click()]);
    await opened.waitForFunction(() => document.title === 'Scripts run');
    expect(opened.url()).toBe(link);
  }
  expect(asked.filter((line) => line.startsWith('/s'))).toEqual(['/s no referrer', '/s no referrer']);
});

test.each([
  ['an unknown message', '/messages/9', {}, 404],
  ['a foreign name of this machine', '/', { Host: 'evil.example' }, 421],
])('%s is answered with its status', async (_, path, headers, status) => {
  const outgoing = request({ host: '127.0.0.1', port: outbox.port, path, headers }).end();
  const [response] = (await once(outgoing, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  expect(response.statusCode).toBe(status);
});

test('a taken port is a problem', async () => {
  await expect(
    startOutbox({ sink: { messages: () => Promise.resolve([]) }, port: outbox.port }),
  ).rejects.toMatchObject({ code: 'demo.outbox_port_taken' });
});
