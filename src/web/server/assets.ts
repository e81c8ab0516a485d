/** The parts of Vite's `manifest.json` that are read here. */
export interface ViteManifest {
  [source: string]: { file: string; css?: readonly string[]; imports?: readonly string[] };
}

/** Addresses of one entry's files, with their content hash in the name: they may be cached for ever. */
export interface EntryAssets {
  scripts: readonly string[];
  styles: readonly string[];
  /** Further modules that the scripts import. */
  modules: readonly string[];
}

export interface WebAssets {
  /** The style of the plain pages. */
  plain: EntryAssets;
  /** What the staff's pages add to it. */
  staff: EntryAssets;
  /** The small script of the staff's sign-in pages. */
  console: EntryAssets;
  /** The start page's small script. */
  start: EntryAssets;
  /** The small script of a person's own page. */
  mine: EntryAssets;
  /** The questionnaire. */
  respond: EntryAssets;
}

function entryOf(manifest: ViteManifest, source: string): EntryAssets {
  const entry = manifest[source];
  if (!entry) throw new Error(`The web manifest has no ${source}. Build the browser's files again.`);
  const chunks = (entry.imports ?? []).flatMap((name) => manifest[name] ?? []);
  const address = (file: string) => `/${file}`;
  const isStyle = entry.file.endsWith('.css');
  return {
    scripts: isStyle ? [] : [address(entry.file)],
    styles: [
      ...(isStyle ? [entry.file] : []),
      ...chunks.flatMap((c) => c.css ?? []),
      ...(entry.css ?? []),
    ].map(address),
    modules: chunks.map((chunk) => address(chunk.file)),
  };
}

/** Reads the addresses of the built files from `dist/web/.vite/manifest.json`. */
export const assetsOf = (manifest: ViteManifest): WebAssets => ({
  plain: entryOf(manifest, 'respond/plain.css'),
  staff: entryOf(manifest, 'server/staff.css'),
  console: entryOf(manifest, 'console/staff.ts'),
  start: entryOf(manifest, 'respond/start.ts'),
  mine: entryOf(manifest, 'respond/mine.ts'),
  respond: entryOf(manifest, 'respond/respond.tsx'),
});
