import { type ReleaseKind } from '../../access/analyst-token.js';
import { type DataFormat } from '../meta/release-description.js';

/** Which files of data are written: those of each wave, the panel in one row a person and wave, or a person, and spells with moves. */
export const LAYOUTS = ['wave', 'long', 'wide', 'spell'] as const;
export type Layout = (typeof LAYOUTS)[number];

export const FORMATS: readonly DataFormat[] = ['csv', 'dta', 'sav', 'zsav', 'parquet'];

/** What is written of a release. */
export interface Selection {
  formats: readonly DataFormat[];
  layouts: readonly Layout[];
  /** Languages of the labels, the main one first. */
  locales: readonly string[];
}

/** A version: two numbers. */
export const VERSION = /^\d{1,3}\.\d{1,3}$/;

/** Such as nrd-1.0. */
export const releaseName = (code: string, version: string): string => `${code}-${version}`;

/** Folder of a release, such as nrd_SUF_v1.0. */
export const releaseFolder = (code: string, kind: ReleaseKind, version: string): string =>
  `${code}_${kind}_v${version}`;

/** The parts of a name such as nrd-1.0; undefined for another text. */
export function releaseMeant(name: string): { code: string; version: string } | undefined {
  const [, code, version] = /^([a-z]{2,8})-(\d{1,3}\.\d{1,3})$/.exec(name) ?? [];
  return code !== undefined && version !== undefined ? { code, version } : undefined;
}

/** Files that belong to no layout and stand in every release. */
const ALWAYS = ['xwave', 'concordance'];
const ACROSS: Readonly<Record<string, Layout>> = {
  panel_long: 'long',
  panel_wide: 'wide',
  spell_residence: 'spell',
  moves: 'spell',
  keepintouch: 'wave',
};

/** Whether a file, named without its ending, belongs to one of the layouts. What is not across waves is of one wave. */
export const isInLayouts = (file: string, layouts: readonly Layout[]): boolean =>
  ALWAYS.includes(file) || layouts.includes(ACROSS[file] ?? 'wave');
