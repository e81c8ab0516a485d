import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** What a request for a passkey says, as far as an authenticator cares. */
interface Request {
  challenge: string;
  rp?: { id: string };
  rpId?: string;
}

export interface Deviation {
  /** Another page than the one that asked. */
  origin?: string;
  /** Another count than the next one. */
  counter?: number;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const WITH_CREDENTIAL = 0x40;

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const bytes = (...values: number[]): Buffer => Buffer.from(values);
/** A byte string of CBOR (RFC 8949) of up to 65,535 bytes. */
const byteString = (data: Buffer): Buffer =>
  Buffer.concat([
    data.length < 256 ? bytes(0x58, data.length) : bytes(0x59, data.length >> 8, data.length & 0xff),
    data,
  ]);
const word = (text: string): Buffer => Buffer.concat([bytes(0x60 + text.length), Buffer.from(text)]);

/** A passkey in software: ES256, without attestation, as a browser answers for it. */
export class Authenticator {
  private readonly pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private readonly id = randomBytes(32);
  private counter = 0;

  constructor(private readonly origin: string) {}

  /** Answers a request for a new passkey. */
  make(request: string, { origin }: Deviation = {}): string {
    const { challenge, rp } = JSON.parse(request) as Request;
    const credential = Buffer.concat([Buffer.alloc(16), bytes(0, this.id.length), this.id, this.publicKey()]);
    const authData = this.data(rp?.id ?? '', PRESENT | VERIFIED | WITH_CREDENTIAL, 0, credential);
    const attestationObject = Buffer.concat([
      bytes(0xa3),
      word('fmt'),
      word('none'),
      word('attStmt'),
      bytes(0xa0),
      word('authData'),
      byteString(authData),
    ]);
    return this.answer({
      clientDataJSON: this.client('webauthn.create', challenge, origin),
      attestationObject,
    });
  }

  /** Signs what a request asks for. */
  sign(request: string, { origin, counter = (this.counter += 1) }: Deviation = {}): string {
    const { challenge, rpId } = JSON.parse(request) as Request;
    const authenticatorData = this.data(rpId ?? '', PRESENT | VERIFIED, counter);
    const clientDataJSON = this.client('webauthn.get', challenge, origin);
    const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)]);
    const signature = sign('sha256', signed, this.pair.privateKey);
    return this.answer({ clientDataJSON, authenticatorData, signature });
  }

  private data(domain: string, flags: number, counter: number, more: Buffer = Buffer.alloc(0)): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(domain), bytes(flags), count, more]);
  }

  private client(type: string, challenge: string, origin = this.origin): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  /** The key as COSE has it (RFC 9053): EC2, ES256, P-256, x, y. */
  private publicKey(): Buffer {
    const { x = '', y = '' } = this.pair.publicKey.export({ format: 'jwk' });
    const point = (text: string) => byteString(Buffer.from(text, 'base64url'));
    return Buffer.concat([
      bytes(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21),
      point(x),
      bytes(0x22),
      point(y),
    ]);
  }

  private answer(response: Record<string, Buffer>): string {
    const id = this.id.toString('base64url');
    const said = Object.entries(response).map(([name, value]) => [name, value.toString('base64url')]);
    return JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      response: Object.fromEntries(said) as object,
    });
  }
}
