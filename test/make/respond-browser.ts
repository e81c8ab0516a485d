import { type Browser, type BrowserContext, type Page } from 'playwright-core';

/** A phone that nobody used before: its own cookies and storage. `hosts` gathers whom its pages ask for anything. */
export async function phone(
  browser: Browser,
  hosts: Set<string>,
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'ru-RU' });
  const page = await context.newPage();
  page.on('request', (request) => hosts.add(new URL(request.url()).hostname));
  return { page, context };
}

/** Opens a personal link and begins. @returns the interview as the server told it */
export async function start(page: Page, link: string): Promise<Record<string, unknown>> {
  await page.goto(link);
  const interview = page.waitForResponse((reply) => reply.url().endsWith('/api/respond/interview'));
  await page.getByRole('button', { name: 'Начать' }).click();
  return (await (await interview).json()) as Record<string, unknown>;
}

/** Answers what is on the page as someone would who takes the first choice everywhere. */
export async function answerPage(page: Page): Promise<void> {
  for (const group of await page.getByRole('radiogroup').all()) {
    const first = group.getByRole('radio').first();
    if ((await first.count()) > 0 && !(await group.getByRole('radio', { checked: true }).count()))
      await first.check({ force: true });
  }
  const box = page.getByRole('checkbox').first();
  if ((await box.count()) > 0) await box.check({ force: true });
}

const next = (page: Page) => page.getByRole('button', { name: 'Дальше' });

/** Goes on, and waits for another first question: the next page may come after a question to the server, and a tap before that lands on this one. */
export async function goOn(page: Page): Promise<void> {
  const question = page.locator('.sd-page [data-name]').first();
  const name = await question.getAttribute('data-name');
  await next(page).click();
  await page.waitForFunction((before) => {
    const now = document.querySelector('.sd-page [data-name]')?.getAttribute('data-name');
    return now && now !== before;
  }, name);
}

/** From where they are to the end: every page answered, checked and sent. */
export async function answerTheRest(page: Page): Promise<void> {
  for (let count = 0; count < 120 && (await next(page).count()) > 0; count += 1) {
    await answerPage(page);
    await goOn(page);
  }
  await answerPage(page);
  await page.getByRole('button', { name: 'Проверить ответы' }).click();
  await page.getByRole('button', { name: 'Отправить ответы' }).click();
  await page.getByText(/[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}/).waitFor();
}

/** The personal link in a message. */
export const linkIn = (text: string | undefined): string => /http:\S+#[\w-]{43}/.exec(text ?? '')?.[0] ?? '';
