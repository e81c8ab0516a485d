import { html } from './page.js';

/** A page with nothing on it, for who leaves in a hurry and has no scripts. */
export const emptyPage = (): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>New tab</title>
        <link rel="icon" href="data:," />
      </head>
      <body></body>
    </html> `.toString();
