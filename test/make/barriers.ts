import { source as axeSource } from 'axe-core';
import { type Page } from 'playwright-core';

/** What is pressed with a finger. */
const PRESSED =
  'a, button, summary, select, .choice, .menu a, input[type="email"], input[type="text"], input[type="password"]';

/**
 * What keeps people from using the page as it stands: what axe-core finds against WCAG 2.2 AA, a page wider than the screen, and,
 * unless `finger` is false, what is too low to press (WCAG 2.5.5: 44 px).
 */
export async function barriers(page: Page, { finger = true } = {}): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(
    async (pressed) => {
      const { axe } = globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const { violations } = await axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      });
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
      );
      for (const element of pressed ? document.querySelectorAll(pressed) : []) {
        const { width, height } = element.getBoundingClientRect();
        if (width > 0 && height < 44) found.push(`too low to press: ${element.outerHTML.slice(0, 120)}`);
      }
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth ? [...found, 'wider than the screen'] : found;
    },
    finger ? PRESSED : '',
  );
}
