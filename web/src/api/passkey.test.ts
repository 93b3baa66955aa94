import { afterEach, describe, expect, it, vi } from "vitest";
import { bytes, makePasskey, offersPasskeys, passkeysWork, signWithPasskey, text } from "./passkey";

const buffer = (...values: number[]) => new Uint8Array(values).buffer;

/** A browser of before parseCreationOptionsFromJSON and toJSON. */
function oldBrowser(answer: () => Promise<unknown>) {
  const asked: CredentialCreationOptions[] = [];
  const ask = (options: CredentialCreationOptions) => {
    asked.push(options);
    return answer();
  };
  vi.stubGlobal("PublicKeyCredential", {});
  vi.stubGlobal("navigator", { credentials: { create: ask, get: ask } });
  return asked;
}

const credential = {
  id: "AQID",
  type: "public-key",
  authenticatorAttachment: "platform",
  response: { clientDataJSON: buffer(1), authenticatorData: buffer(2), signature: buffer(0xfb, 0xff), userHandle: null },
  getClientExtensionResults: () => ({}),
};

const creation = {
  challenge: "-_8",
  rp: { id: "localhost", name: "SaaSKit" },
  user: { id: "AQ", name: "ada@example.com", displayName: "Ada" },
  pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  excludeCredentials: [{ type: "public-key", id: "AgM", transports: ["internal"] }],
};

describe("passkeys", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("are not offered where the browser has none", async () => {
    expect(passkeysWork()).toBe(false);
    expect(await offersPasskeys()).toBe(false);
  });

  it("turn base64url into bytes and back", () => {
    expect([...bytes("-_8")]).toEqual([0xfb, 0xff]);
    expect(text(buffer(0xfb, 0xff))).toBe("-_8");
    for (let length = 0; length < 6; length++) {
      const some = Uint8Array.from({ length }, (_, index) => 250 + index);
      expect([...bytes(text(some.buffer))]).toEqual([...some]);
    }
  });

  it("work in browsers that cannot read the server's JSON themselves", async () => {
    const asked = oldBrowser(async () => credential);
    const made = await makePasskey({ publicKey: creation });
    const { publicKey } = asked[0] ?? {};
    expect([...new Uint8Array(publicKey?.challenge as ArrayBuffer)]).toEqual([0xfb, 0xff]);
    expect([...new Uint8Array(publicKey?.user.id as ArrayBuffer)]).toEqual([1]);
    expect([...new Uint8Array(publicKey?.excludeCredentials?.[0]?.id as ArrayBuffer)]).toEqual([2, 3]);
    expect(made).toEqual({
      id: "AQID",
      rawId: "AQID",
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: { clientDataJSON: "AQ", authenticatorData: "Ag", signature: "-_8" },
    });
  });

  it("take options with and without the wrapping", async () => {
    const asked = oldBrowser(async () => credential);
    await signWithPasskey({ challenge: "-_8" });
    await signWithPasskey({ publicKey: { challenge: "-_8" } }, true);
    expect(asked.map(({ publicKey }) => [...new Uint8Array(publicKey?.challenge as ArrayBuffer)])).toEqual([
      [0xfb, 0xff],
      [0xfb, 0xff],
    ]);
    expect(asked.map((options) => (options as CredentialRequestOptions).mediation)).toEqual(["optional", "conditional"]);
  });

  it.each([
    ["NotAllowedError", "passkey_canceled"],
    ["AbortError", "passkey_canceled"],
    ["InvalidStateError", "passkey_known"],
    ["SecurityError", "passkey_failed"],
  ])("say what became of them: %s is %s", async (name, code) => {
    oldBrowser(() => Promise.reject(new DOMException("no", name)));
    await expect(makePasskey(creation)).rejects.toMatchObject({ code });
  });

  it("that were not chosen are canceled", async () => {
    oldBrowser(async () => null);
    await expect(signWithPasskey({ challenge: "AQ" })).rejects.toMatchObject({ code: "passkey_canceled" });
  });
});
