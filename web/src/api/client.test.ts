import { afterEach, describe, expect, it, vi } from "vitest";
import { apiIn, createApi, take } from "./client";
import { Session } from "./session";

const token = (name: string) => `${name}.${btoa(JSON.stringify({ iat: 0, exp: 300 }))}.`;
const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

function server(...answers: (Response | Error)[]) {
  const seen: { authorization: string | null; body: string }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    seen.push({ authorization: request.headers.get("Authorization"), body: await request.text() });
    const answer = answers.shift();
    if (!answer || answer instanceof Error) throw answer ?? new Error("one request too many");
    return answer;
  });
  return seen;
}

function sessionOf(...names: string[]) {
  const session = new Session({
    name: `test-${Math.random()}`,
    exchange: async () => ({ access_token: token(names.shift() ?? "none") }),
    isOver: () => false,
  });
  return session;
}

const note = { title: "Milk", body: "" };

describe("the client", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("renews a refused token once and sends the same request again", async () => {
    const seen = server(json(401, { code: "token_expired" }), json(201, { id: "1" }));
    await take(apiIn(sessionOf("old", "new"), "acme").POST("/api/v1/notes", { body: note }));
    expect(seen.map(({ authorization }) => authorization)).toEqual([`Bearer ${token("old")}`, `Bearer ${token("new")}`]);
    expect(seen[1]?.body).toBe(seen[0]?.body);
  });

  it("gives up when the new token is refused as well", async () => {
    server(json(401, { code: "invalid_token" }), json(401, { code: "invalid_token" }));
    await expect(apiIn(sessionOf("a", "b"), "acme").GET("/api/v1/tenant")).rejects.toMatchObject({ status: 401 });
  });

  it("does not renew for who is no member: no token would help", async () => {
    const seen = server(json(401, { code: "not_a_member" }));
    await expect(apiIn(sessionOf("a", "b"), "acme").GET("/api/v1/tenant")).rejects.toMatchObject({ code: "not_a_member" });
    expect(seen).toHaveLength(1);
  });

  describe("when the server wants a fresh proof of identity", () => {
    const wanted = () => json(403, { code: "reauthentication_required" });

    it("asks the person and sends the same request again, with the session that came of it", async () => {
      const seen = server(wanted(), json(201, { id: "1" }));
      const session = sessionOf("old");
      session.proveWith(async (scope) => {
        session.adopt(scope, { access_token: token("proved") });
        return true;
      });
      await take(apiIn(session, "acme").POST("/api/v1/notes", { body: note }));
      expect(seen.map(({ authorization }) => authorization)).toEqual([`Bearer ${token("old")}`, `Bearer ${token("proved")}`]);
      expect(seen[1]?.body).toBe(seen[0]?.body);
    });

    it("asks once, however often the server wants it", async () => {
      const seen = server(wanted(), wanted());
      const session = sessionOf("a");
      const prover = vi.fn(async () => true);
      session.proveWith(prover);
      const call = apiIn(session, "acme").POST("/api/v1/notes", { body: note });
      await expect(call).rejects.toMatchObject({ code: "reauthentication_required" });
      expect(prover).toHaveBeenCalledTimes(1);
      expect(seen).toHaveLength(2);
    });

    it("gives up when the person does not want to", async () => {
      const seen = server(wanted());
      const session = sessionOf("a");
      session.proveWith(async () => false);
      const call = apiIn(session, "acme").POST("/api/v1/notes", { body: note });
      await expect(call).rejects.toMatchObject({ code: "reauthentication_required" });
      expect(seen).toHaveLength(1);
    });
  });

  it("throws what the server says as a problem", async () => {
    const errors = [{ location: "body.title", message: "must not be empty" }];
    server(
      json(
        422,
        { code: "invalid_input", detail: "Some of the input is not valid.", errors, request_id: "r1" },
        { "Retry-After": "7" },
      ),
    );
    await expect(createApi().POST("/api/v1/notes", { body: note })).rejects.toMatchObject({
      status: 422,
      code: "invalid_input",
      message: "Some of the input is not valid.",
      fields: errors,
      requestId: "r1",
      retryAfter: 7,
    });
  });

  it("says that it has no connection, and what a proxy without words answered", async () => {
    server(new TypeError("Failed to fetch"), new Response("<html>", { status: 502 }));
    await expect(createApi().GET("/api/v1/billing/plans")).rejects.toMatchObject({ status: 0, code: "network", temporary: true });
    await expect(createApi().GET("/api/v1/billing/plans")).rejects.toMatchObject({
      status: 502,
      code: "http_502",
      temporary: true,
    });
  });
});
