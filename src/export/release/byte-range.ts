/** Bytes of a file, both ends among them, from 0. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * What a Range header asks for, of a file of so many bytes. One range alone is served; several, or another unit, are as if none was asked for.
 * @returns the range; 'all' where the whole file is to be sent; 'none' where nothing of the file is in it
 * @see RFC 9110, section 14
 */
export function byteRange(header: string | undefined, bytes: number): ByteRange | 'all' | 'none' {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return 'all';
  if (first === '') {
    const count = Math.min(Number(last), bytes);
    return count === 0 ? 'none' : { from: bytes - count, to: bytes - 1 };
  }
  const from = Number(first);
  const to = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < from) return 'all';
  return from >= bytes ? 'none' : { from, to };
}
