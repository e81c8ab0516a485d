/** A master key of the vault, by the version that is stored beside whatever it wraps. */
export interface MasterKey {
  /** From 1 on; the newest key has the highest. */
  version: number;
  /** 32 bytes */
  key: Buffer;
}

const KEY_BYTES = 32;

/**
 * The master keys in a text, newest first: `2:BASE64,1:BASE64`, parted by commas, spaces or line ends. One key alone may stand without
 * its version, and is version 1.
 * @returns undefined where one is no key of 32 bytes in base64, or the versions do not fall
 */
export function masterKeysIn(text: string): MasterKey[] | undefined {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const keys = words.map((word) => masterKeyIn(word, words.length === 1));
  const good = keys.filter((key) => key !== undefined);
  const falls = good.every(({ version }, at) => at === 0 || version < (good[at - 1]?.version ?? 0));
  return good.length > 0 && good.length === keys.length && falls ? good : undefined;
}

function masterKeyIn(word: string, isAlone: boolean): MasterKey | undefined {
  const [, version = isAlone ? '1' : undefined, base64 = ''] =
    /^(?:([1-9]\d{0,8}):)?([A-Za-z0-9+/_-]+=*)$/.exec(word) ?? [];
  const key = Buffer.from(base64, 'base64');
  return version !== undefined && key.length === KEY_BYTES ? { version: Number(version), key } : undefined;
}
