import { Problem } from "./problem";

/** Whether this browser knows passkeys at all. */
export const passkeysWork = (): boolean => typeof PublicKeyCredential !== "undefined" && "credentials" in navigator;

/** Whether it can offer them in the list of saved accounts of an input with autocomplete="webauthn". */
export async function offersPasskeys(): Promise<boolean> {
  if (!passkeysWork()) return false;
  return (await PublicKeyCredential.isConditionalMediationAvailable?.().catch(() => false)) ?? false;
}

/** What the browser made of it, as JSON that the server reads. */
export type PasskeyAnswer = Record<string, unknown>;

type Creation = PublicKeyCredentialCreationOptionsJSON;
type Request = PublicKeyCredentialRequestOptionsJSON;

/** Makes a passkey; the answer goes to the server as it is. Throws a Problem: passkey_canceled, passkey_known, passkey_failed. */
export async function makePasskey(options: unknown): Promise<PasskeyAnswer> {
  const json = inner<Creation>(options);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON?.(json) ?? creationOf(json);
  return ceremony(() => navigator.credentials.create({ publicKey }));
}

/**
 * Signs the server's challenge with a passkey. With `conditional` the browser only offers it beside saved passwords and
 * waits, for as long as it takes; end that with the signal.
 */
export async function signWithPasskey(options: unknown, conditional = false, signal?: AbortSignal): Promise<PasskeyAnswer> {
  const json = inner<Request>(options);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON?.(json) ?? requestOf(json);
  return ceremony(() => navigator.credentials.get({ publicKey, signal, mediation: conditional ? "conditional" : "optional" }));
}

// Libraries differ in whether they wrap what the browser wants.
function inner<T>(options: unknown): T {
  return ((options as { publicKey?: T }).publicKey ?? options) as T;
}

async function ceremony(ask: () => Promise<Credential | null>): Promise<PasskeyAnswer> {
  try {
    const credential = await ask();
    if (credential) return jsonOf(credential as PublicKeyCredential);
  } catch (error) {
    throw new Problem(400, { code: codeOf(error) });
  }
  throw new Problem(400, { code: "passkey_canceled" });
}

function codeOf(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return "passkey_canceled";
  return name === "InvalidStateError" ? "passkey_known" : "passkey_failed";
}

// What follows does the same as the browser's own functions, for browsers of before 2024 that lack them.

const described = (list: PublicKeyCredentialDescriptorJSON[] | undefined) =>
  list?.map(({ id, transports }) => ({
    type: "public-key" as const,
    id: bytes(id),
    transports: transports as AuthenticatorTransport[] | undefined,
  }));

function creationOf(json: Creation): PublicKeyCredentialCreationOptions {
  return {
    ...json,
    challenge: bytes(json.challenge),
    user: { ...json.user, id: bytes(json.user.id) },
    excludeCredentials: described(json.excludeCredentials),
  } as PublicKeyCredentialCreationOptions;
}

function requestOf(json: Request): PublicKeyCredentialRequestOptions {
  return {
    ...json,
    challenge: bytes(json.challenge),
    allowCredentials: described(json.allowCredentials),
  } as PublicKeyCredentialRequestOptions;
}

function jsonOf(credential: PublicKeyCredential): PasskeyAnswer {
  if (typeof credential.toJSON === "function") return credential.toJSON() as PasskeyAnswer;
  const { response, id, type, authenticatorAttachment } = credential;
  const parts: Record<string, unknown> = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const part = (response as unknown as Record<string, ArrayBuffer | null | undefined>)[name];
    if (part) parts[name] = text(part);
  }
  if ("getTransports" in response) parts.transports = (response as AuthenticatorAttestationResponse).getTransports();
  return {
    id,
    rawId: id,
    type,
    authenticatorAttachment,
    response: parts,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

export function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
}

export function text(buffer: ArrayBuffer): string {
  const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(characters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
