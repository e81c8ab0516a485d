import { type AddCommands } from '../../kit/cli.js';
import { TelegramBot } from './bot.node.js';

export const telegramCommands: AddCommands = (program, out, inApp) => {
  program
    .command('telegram')
    .description('the Telegram bot')
    .command('set-webhook')
    .description(
      'have Telegram post updates to a worker, with TELEGRAM_WEBHOOK_SECRET; updates that wait are kept',
    )
    .option('--url <address>', 'https address that leads to a worker, without a path (default: PUBLIC_URL)')
    .action(async ({ url }: { url?: string }) => {
      await inApp(async (services) => {
        out.line(`Telegram posts updates to ${await services(TelegramBot).setWebhook(url)}.`);
      });
    });
};
