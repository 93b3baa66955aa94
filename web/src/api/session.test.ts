import { describe, expect, it, vi } from "vitest";
import { Problem } from "./problem";
import { type Grant, Session } from "./session";

const token = (name: string, seconds = 300) => `${name}.${btoa(JSON.stringify({ iat: 1000, exp: 1000 + seconds }))}.`;
const grant = (name: string, seconds?: number) => ({ access_token: token(name, seconds) });
const over = new Problem(401, { code: "session_expired" });

function newSession(exchange: (scope: string) => Promise<{ access_token: string }>) {
  return new Session({ name: `test-${Math.random()}`, exchange, isOver: (error) => error === over });
}

describe("a session", () => {
  it("S2: renews once for many who ask at the same time", async () => {
    const exchange = vi.fn(async () => grant("a"));
    const session = newSession(exchange);
    const grants = await Promise.all(Array.from({ length: 20 }, () => session.ensure("acme")));
    expect(exchange).toHaveBeenCalledTimes(1);
    expect(new Set(grants).size).toBe(1);
  });

  it("keeps one token for each workspace", async () => {
    const session = newSession(async (scope) => grant(scope));
    await session.ensure("acme");
    await session.ensure("globex");
    expect((await session.ensure("acme")).access_token).toBe(token("acme"));
    expect((await session.ensure("globex")).access_token).toBe(token("globex"));
  });

  it("renews a token before it ends, whatever the device's clock says", async () => {
    const exchange = vi.fn(async () => grant("b"));
    const session = newSession(exchange);
    session.adopt("acme", grant("a", 20));
    expect((await session.ensure("acme")).access_token).toBe(token("b"));
    await session.ensure("acme");
    expect(exchange).toHaveBeenCalledTimes(1);
  });

  it("does not renew again for a token that was replaced meanwhile", async () => {
    const exchange = vi.fn(async () => grant("c"));
    const session = newSession(exchange);
    session.adopt("acme", grant("b"));
    expect((await session.renew("acme", token("a"))).access_token).toBe(token("b"));
    expect(exchange).not.toHaveBeenCalled();
  });

  it("forgets everything and says so when the server says it is over", async () => {
    const session = newSession(() => Promise.reject(over));
    const ended = vi.fn();
    session.onEnd(ended);
    session.adopt("acme", grant("a"));
    await expect(session.renew("acme")).rejects.toBe(over);
    await expect(session.ensure("acme")).rejects.toBe(over);
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it("outlives a server that cannot be reached", async () => {
    const session = newSession(() => Promise.reject(new Problem(0, { code: "network" })));
    const ended = vi.fn();
    session.onEnd(ended);
    session.adopt("acme", grant("a"));
    await expect(session.renew("acme")).rejects.toMatchObject({ code: "network" });
    expect((await session.ensure("acme")).access_token).toBe(token("a"));
    expect(ended).not.toHaveBeenCalled();
  });

  it("asks for one proof for all who want one at the same time", async () => {
    const session = newSession(async () => grant("a"));
    const prover = vi.fn(async () => true);
    session.proveWith(prover);
    expect(await Promise.all([session.prove("acme"), session.prove("acme")])).toEqual([true, true]);
    expect(prover).toHaveBeenCalledTimes(1);
    await session.prove("acme");
    expect(prover).toHaveBeenCalledTimes(2);
  });

  it("takes no for an answer where nobody can ask", async () => {
    expect(await newSession(async () => grant("a")).prove("acme")).toBe(false);
  });

  it("forgets the tokens of the session that was swapped for another, and tells nobody that it ended", async () => {
    const exchange = vi.fn(async (scope: string) => grant(`new-${scope}`));
    const session = newSession(exchange);
    const ended = vi.fn();
    session.onEnd(ended);
    session.adopt("acme", grant("old-acme"));
    session.adopt("globex", grant("old-globex"));
    session.adopt(
      "acme",
      await session.swap("acme", async (held) => (held === token("old-acme") ? grant("proved") : grant("?"))),
    );
    expect((await session.ensure("acme")).access_token).toBe(token("proved"));
    expect((await session.ensure("globex")).access_token).toBe(token("new-globex"));
    expect(exchange).toHaveBeenCalledTimes(1);
    expect(ended).not.toHaveBeenCalled();
  });

  it("W7: ends in all tabs at once", async () => {
    const name = `tabs-${Math.random()}`;
    const open = () => new Session<Grant>({ name, exchange: () => Promise.reject(over), isOver: () => true });
    const [here, there] = [open(), open()];
    there.adopt("acme", grant("a"));
    const ended = new Promise<void>((resolve) => there.onEnd(resolve));
    here.end();
    await ended;
    await expect(there.ensure("acme")).rejects.toBe(over);
  });
});
