import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../kit/paths.node.js';
import { assetsOf, type ViteManifest, type WebAssets } from './assets.js';

let read: WebAssets | undefined;

/** Addresses of the browser's built files; read once a process. */
export function webAssets(): WebAssets {
  read ??= assetsOf(JSON.parse(readFileSync(join(ROOT.web, '.vite/manifest.json'), 'utf8')) as ViteManifest);
  return read;
}
