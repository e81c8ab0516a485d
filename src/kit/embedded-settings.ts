/** What PostgreSQL writes to `postmaster.pid`; a dead server leaves it behind, so the pid must be compared. */
export interface PostmasterFile {
  pid: number;
  port: number;
  status: 'starting' | 'stopping' | 'ready' | 'standby' | 'unknown';
}

/** Reads `postmaster.pid` (pid, folder, start time, port, socket folder, address, shared memory, status: one a line). */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Math.abs(Number(lines[0]));
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  const known = (['starting', 'stopping', 'ready', 'standby'] as const).find((s) => s === lines[7]);
  return { pid, port: Number.isInteger(port) ? port : 0, status: known ?? 'unknown' };
}

/** Locales for character classes, best first: Debian has the first, a Mac the second, every system the last. */
export const LOCALES = ['C.UTF-8', 'en_US.UTF-8', 'C'];

/** Arguments of `initdb`: Russian sorts rightly by ICU, every connection needs the password. */
export function initdbArguments(
  dataDir: string,
  passwordFile: string,
  locale: string,
  durable: boolean,
): string[] {
  return [
    '-D',
    dataDir,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=icu',
    '--icu-locale=und',
    `--locale=${locale}`,
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
}

/**
 * Arguments of `postgres`. It listens on 127.0.0.1 only. Its log never holds a statement, a value of a row or a
 * failed query (contacts and answers must not appear in logs); the application reports its own errors.
 */
export function serverArguments(dataDir: string, port: number, settings: Record<string, string>): string[] {
  const all: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    logging_collector: 'off',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    ...settings,
    port: String(port),
  };
  return ['-D', dataDir, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
