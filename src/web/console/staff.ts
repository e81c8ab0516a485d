/**
 * The script of the staff's sign-in pages. It carries the token from the address's fragment into the form, and a passkey's answer into
 * another. Everything but passkeys works without it.
 */
const TOKEN = /^#([A-Za-z0-9_-]{43})$/;

function takeToken(): void {
  const token = TOKEN.exec(location.hash)?.[1];
  const field = document.querySelector<HTMLInputElement>('input[data-from-fragment]');
  const pasted = document.querySelector<HTMLElement>('[data-paste]');
  if (!token || !field) return;
  field.value = token;
  if (!pasted) return;
  pasted.hidden = true;
  for (const input of pasted.querySelectorAll('input')) input.disabled = true;
}

const bytes = (text: string): ArrayBuffer => {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0)).buffer;
};

const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');

interface Named {
  id: string;
  type: 'public-key';
}
const named = (list: Named[] = []) => list.map(({ id, type }) => ({ id: bytes(id), type }));

async function made(request: Record<string, unknown>): Promise<object> {
  const { challenge, user, excludeCredentials, ...rest } = request as {
    challenge: string;
    user: { id: string };
    excludeCredentials?: Named[];
  };
  const publicKey = {
    ...rest,
    challenge: bytes(challenge),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: named(excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...nameOf(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: 'getTransports' in response ? response.getTransports() : [],
    },
  };
}

async function signed(request: Record<string, unknown>): Promise<object> {
  const { challenge, allowCredentials, ...rest } = request as {
    challenge: string;
    allowCredentials?: Named[];
  };
  const publicKey = { ...rest, challenge: bytes(challenge), allowCredentials: named(allowCredentials) };
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...nameOf(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
    },
  };
}

const nameOf = ({ id, rawId, type }: PublicKeyCredential) => ({ id, rawId: text(rawId), type });

const form = document.querySelector<HTMLFormElement>('form[data-passkey]');
const answer = form?.querySelector<HTMLInputElement>('input[name="passkey"]');
if (form && answer && 'credentials' in navigator) {
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    if (answer.value !== '') return;
    event.preventDefault();
    const status = form.querySelector('[role="status"]');
    const request = JSON.parse(form.dataset['passkey'] ?? '{}') as Record<string, unknown>;
    ('user' in request ? made(request) : signed(request)).then(
      (credential) => {
        answer.value = JSON.stringify(credential);
        form.submit();
      },
      () => {
        if (status) status.textContent = form.dataset['failed'] ?? '';
      },
    );
  });
}
addEventListener('hashchange', takeToken);
takeToken();

export {};
