import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';

/** A passkey as it is kept. */
export interface Passkey {
  credentialId: Buffer;
  publicKey: Buffer;
  counter: number;
  transports: string[];
}

const base64url = z.base64url().max(20_000);
const common = { id: base64url, rawId: base64url, type: z.literal('public-key') };
const registration = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
});
const assertion = z.object({
  ...common,
  response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url }),
});

/** The domain that passkeys belong to, and the address that pages come from. */
const party = (publicUrl: string) => {
  const { hostname, origin } = new URL(publicUrl);
  return { expectedRPID: hostname, expectedOrigin: origin };
};

/** What the browser is asked to make a passkey with, as JSON; its challenge is to be kept. */
export const askForNewPasskey = (publicUrl: string, accountId: string, email: string) =>
  generateRegistrationOptions({
    rpName: 'Onward',
    rpID: party(publicUrl).expectedRPID,
    userName: email,
    userID: new Uint8Array(Buffer.from(accountId)),
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
  });

/** What the browser is asked to sign with one of these passkeys, as JSON; its challenge is to be kept. */
export const askForPasskey = (publicUrl: string, passkeys: readonly Passkey[]) =>
  generateAuthenticationOptions({
    rpID: party(publicUrl).expectedRPID,
    allowCredentials: passkeys.map(({ credentialId, transports }) => ({
      id: credentialId.toString('base64url'),
      transports,
    })),
    userVerification: 'preferred',
  });

/** The passkey in a browser's answer to `askForNewPasskey`; undefined where it is none, or for another challenge, page or domain. */
export async function newPasskeyIn(
  answer: string,
  challenge: string,
  publicUrl: string,
): Promise<Passkey | undefined> {
  const parsed = registration.safeParse(jsonIn(answer));
  if (!parsed.success) return undefined;
  const { transports = [], ...said } = parsed.data.response;
  const response = { ...parsed.data, response: said, clientExtensionResults: {} };
  const made = await tried(() =>
    verifyRegistrationResponse({
      ...party(publicUrl),
      response,
      expectedChallenge: challenge,
      requireUserVerification: false,
    }),
  );
  if (!made?.verified) return undefined;
  const { id, publicKey, counter } = made.registrationInfo.credential;
  return {
    credentialId: Buffer.from(id, 'base64url'),
    publicKey: Buffer.from(publicKey),
    counter,
    transports,
  };
}

/** The credential's id in a browser's answer to `askForPasskey`. */
export function credentialIn(answer: string): Buffer | undefined {
  const { data } = assertion.safeParse(jsonIn(answer));
  return data && Buffer.from(data.id, 'base64url');
}

/** The passkey's next counter, where it signed this challenge for our page; else undefined. */
export async function passkeyCounter(
  answer: string,
  challenge: string,
  publicUrl: string,
  passkey: Passkey,
): Promise<number | undefined> {
  const { data } = assertion.safeParse(jsonIn(answer));
  if (!data) return undefined;
  const signed = await tried(() =>
    verifyAuthenticationResponse({
      ...party(publicUrl),
      response: { ...data, clientExtensionResults: {} },
      expectedChallenge: challenge,
      credential: {
        id: passkey.credentialId.toString('base64url'),
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.counter,
      },
      requireUserVerification: false,
    }),
  );
  return signed?.verified ? signed.authenticationInfo.newCounter : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what is no JSON is no answer of a passkey either
  }
}

/** The library throws whatever is wrong with an answer; to us it is one thing: not that person's passkey. */
async function tried<Result>(check: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await check();
  } catch (cause) {
    if (cause instanceof Error) return undefined;
    throw cause;
  }
}
