// Passkeys: what the node sends with bytes in base64url becomes what the browser takes, and back.

type Options = Record<string, unknown>;

export function canUsePasskeys(): boolean {
  return window.isSecureContext && "credentials" in navigator && "PublicKeyCredential" in window;
}

export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = new Uint8Array(plain.length);
  for (let at = 0; at < plain.length; at += 1) bytes[at] = plain.charCodeAt(at);
  return bytes;
}

export function toText(bytes: ArrayBuffer | null): string {
  if (bytes === null) return "";
  const plain = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

interface Named {
  id: string;
  [more: string]: unknown;
}

const named = (list: unknown): unknown[] =>
  ((list as Named[] | undefined) ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

/** Have the officer use a passkey for what the node asks; what it gave, for the node. */
export async function assertion(options: Options): Promise<Options> {
  const publicKey = {
    ...options,
    challenge: toBytes(String(options["challenge"])),
    allowCredentials: named(options["allowCredentials"]),
  } as PublicKeyCredentialRequestOptions;
  const got = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
  if (!got) throw new Error("No passkey was used.");
  const response = got.response as AuthenticatorAssertionResponse;
  return credential(got, {
    clientDataJSON: toText(response.clientDataJSON),
    authenticatorData: toText(response.authenticatorData),
    signature: toText(response.signature),
    userHandle: response.userHandle ? toText(response.userHandle) : null,
  });
}

/** Have the officer make a passkey; what it is, for the node. */
export async function registration(options: Options): Promise<Options> {
  const user = options["user"] as Named;
  const publicKey = {
    ...options,
    challenge: toBytes(String(options["challenge"])),
    user: { ...user, id: toBytes(user.id) },
    excludeCredentials: named(options["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  if (!made) throw new Error("No passkey was made.");
  const response = made.response as AuthenticatorAttestationResponse;
  return credential(made, {
    clientDataJSON: toText(response.clientDataJSON),
    attestationObject: toText(response.attestationObject),
    transports: response.getTransports(),
  });
}

function credential(got: PublicKeyCredential, response: Options): Options {
  return {
    id: got.id,
    rawId: toText(got.rawId),
    type: got.type,
    response,
    clientExtensionResults: got.getClientExtensionResults(),
  };
}
