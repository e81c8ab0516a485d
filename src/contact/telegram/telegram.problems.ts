import { problem } from '../../kit/problem.js';

type Nothing = Record<string, never>;

export const TelegramNotConfigured = problem<Nothing>(
  'contact.telegram_off',
  409,
  () => 'No Telegram bot is configured here. Set TELEGRAM_BOT, and TELEGRAM_TOKEN for the worker.',
);

export const NoWebhookSecret = problem<Nothing>(
  'contact.telegram_no_webhook_secret',
  409,
  () =>
    'TELEGRAM_WEBHOOK_SECRET is not set, so a worker asks for updates by itself. Set it first to have them posted.',
);

export const WebhookRefused = problem<Nothing>(
  'contact.telegram_webhook_refused',
  401,
  () => 'This address is for Telegram alone. Set the webhook again with: onward telegram set-webhook',
);

export const UpdateTooLarge = problem<{ limitBytes: number }>(
  'contact.telegram_update_too_large',
  413,
  (d) => `An update may have ${d.limitBytes} bytes, told in Content-Length. Send less.`,
);

export const TelegramRefused = problem<{ fault: string }>(
  'contact.telegram_refused',
  502,
  (d) =>
    `Telegram did not do what it was asked (${d.fault}). Check TELEGRAM_TOKEN and the address, then try again.`,
);
