import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../make/browser.js';

const PAGE = `<!doctype html><html lang="ru"><meta charset="utf-8"><title>Проверка</title>
<style>body { font: 20px sans-serif }</style>
<p id="state">ждём</p><button onclick="
  localStorage.setItem('state', 'нажато'); document.getElementById('state').textContent = 'нажато'">Начать</button>`;

let browser: Browser;
let server: Server;
let address: string;

beforeAll(async () => {
  browser = await launchBrowser();
  server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Set-Cookie', '__Host-session=1; Secure; HttpOnly; SameSite=Lax; Path=/');
    response.end(PAGE);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  await browser.close();
  server.close();
  server.closeAllConnections();
});

async function openPage(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'ru-RU' });
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

test('a click reaches the page, and another profile knows nothing of it', async () => {
  const page = await openPage();
  await page.getByRole('button', { name: 'Начать' }).click();
  expect(await page.locator('#state').textContent()).toBe('нажато');
  const stored = () => localStorage.getItem('state');
  await page.reload();
  expect(await page.evaluate(stored)).toBe('нажато');
  expect(await (await openPage()).evaluate(stored)).toBeNull();
  expect(await page.evaluate(() => [innerWidth, innerHeight])).toEqual([360, 740]);
});

test('a page notices that the network is gone and is back', async () => {
  const page = await openPage();
  const reach = () =>
    page.evaluate(async () => [
      navigator.onLine,
      await fetch('/').then(
        (r) => r.ok,
        () => false,
      ),
    ]);
  await page.context().setOffline(true);
  expect(await reach()).toEqual([false, false]);
  await page.context().setOffline(false);
  expect(await reach()).toEqual([true, true]);
});

test('Cyrillic and Hebrew have glyphs of their own', async () => {
  const page = await openPage();
  const widths = await page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d');
    if (context === null) throw new Error('no canvas');
    context.font = '40px sans-serif';
    return [...'жиשי\u{10FFFD}'].map((letter) => context.measureText(letter).width);
  });
  const missing = widths.at(-1);
  for (const width of widths.slice(0, -1)) expect(width).not.toBe(missing);
  expect((await page.screenshot()).subarray(1, 4).toString()).toBe('PNG');
});
