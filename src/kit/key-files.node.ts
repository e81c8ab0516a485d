import { readFileSync } from 'node:fs';
import { InvalidConfiguration } from './config.problems.js';
import { errorCode } from './error-code.js';

type Environment = Record<string, string | undefined>;

/** Keys that may lie in a file, named by the variable with `_FILE` behind its name. */
const KEYS = ['VAULT_MASTER_KEY'];

/**
 * The environment with keys read from the files that it names.
 * @throws InvalidConfiguration where a file cannot be read, or a key is given in both ways
 */
export function withKeyFiles(env: Environment): Environment {
  if (env['ONWARD_ROLE'] === 'web') return env; // it takes none of them
  const findings: string[] = [];
  const read = KEYS.flatMap((name): [string, string][] => {
    const variable = `${name}_FILE`;
    const file = env[variable];
    if (!file) return [];
    if (env[name]) {
      findings.push(`${variable} is given beside ${name}: only one of them may be`);
      return [];
    }
    try {
      return [[name, readFileSync(file, 'utf8').trim()]];
    } catch (cause) {
      findings.push(`${variable} names a file that cannot be read (${errorCode(cause) ?? 'error'})`);
      return [];
    }
  });
  if (findings.length > 0) throw InvalidConfiguration({ findings });
  return { ...env, ...Object.fromEntries(read) };
}
