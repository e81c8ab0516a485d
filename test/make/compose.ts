import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The parts of docker-compose.yml that tests look at. */
export interface ComposeService {
  image: string;
  build?: { context: string; dockerfile_inline: string };
  command?: string[];
  user?: string;
  environment: Record<string, string>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  tmpfs?: string[];
  networks: string[];
  ports?: string[];
  restart: string;
  read_only: boolean;
  init?: boolean;
  cap_drop: string[];
  cap_add?: string[];
  security_opt: string[];
  stop_grace_period: string;
}

export interface ComposeFile {
  services: Record<'postgres' | 'redis' | 'migrate' | 'web' | 'worker', ComposeService>;
  configs: Record<'two-databases', { content: string }>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, unknown>;
}

export const COMPOSE_TEXT = readFileSync(join(import.meta.dirname, '../../docker-compose.yml'), 'utf8');
export const COMPOSE = parse(COMPOSE_TEXT, { merge: true }) as ComposeFile;

/** The names that docker compose takes from its environment or `.env`. */
export const composeVariables = (): string[] => [
  ...new Set([...COMPOSE_TEXT.matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name]) => name ?? '')),
];

/** A text as docker compose reads it: `${NAME:?why}`, `${NAME:-default}`, and `$$` for a dollar sign. @throws for a name without a value */
export const interpolated = (text: string, values: Record<string, string>): string =>
  text.replace(
    /\$\$|\$\{([A-Z_]+)(?::([?-])([^}]*))?\}/g,
    (all, name: string, kind: string, rest: string) => {
      if (all === '$$') return '$';
      const value = values[name] ?? (kind === '-' ? rest : undefined);
      if (value === undefined) throw new Error(`docker compose is not told ${name}`);
      return value;
    },
  );

/** A service's environment as docker compose would hand it over. */
export const environmentOf = (
  service: keyof ComposeFile['services'],
  values: Record<string, string>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(COMPOSE.services[service].environment).map(([name, text]) => [
      name,
      interpolated(text, values),
    ]),
  );

/** The command of the image's HEALTHCHECK. */
export function imageHealthCheck(): string[] {
  const instruction = /^HEALTHCHECK (?:\\\n|.)*?CMD (\[.*\])$/m.exec(
    COMPOSE.services.web.build?.dockerfile_inline ?? '',
  );
  return JSON.parse(instruction?.[1] ?? '[]') as string[];
}
