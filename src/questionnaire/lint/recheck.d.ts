/** The part of recheck that runs in plain JavaScript, without Java, workers or a process. */
declare module 'recheck/lib/browser.js' {
  import type { Diagnostics, Parameters } from 'recheck';
  export function checkSync(source: string, flags: string, params?: Parameters): Diagnostics;
}
