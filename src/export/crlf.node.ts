import { Transform } from 'node:stream';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Ends each CSV record with CRLF, as RFC 4180 asks, where PostgreSQL writes LF. Line breaks inside quoted cells stay
 * as people wrote them. Works on bytes, so that a character cut between two chunks stays whole.
 */
export function recordsWithCrlf(): Transform {
  let quoted = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const parts: Buffer[] = [];
      let from = 0;
      let quote = chunk.indexOf(QUOTE);
      let line = chunk.indexOf(LF);
      while (quote !== -1 || line !== -1) {
        if (line === -1 || (quote !== -1 && quote < line)) {
          quoted = !quoted;
          quote = chunk.indexOf(QUOTE, quote + 1);
        } else {
          if (!quoted) {
            parts.push(chunk.subarray(from, line), CRLF);
            from = line + 1;
          }
          line = chunk.indexOf(LF, line + 1);
        }
      }
      parts.push(chunk.subarray(from));
      done(null, parts.length === 1 ? chunk : Buffer.concat(parts));
    },
  });
}

const CRLF = Buffer.from([CR, LF]);
