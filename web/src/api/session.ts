/** The part of a server's session answer that this file needs. */
export type Grant = { access_token: string };

/** Asks the person to prove who they are; resolves with whether they did. */
export type Prover = (scope: string) => Promise<boolean>;

type Held<G> = { grant: G; until: number };

type Options<G> = {
  /** The name of the Web Lock, one for each kind of session cookie. */
  name: string;
  /** Exchanges the cookie for an access token of the scope (a workspace's slug, or "" for none). */
  exchange: (scope: string) => Promise<G>;
  /** True for an error that says that the session is over, as opposed to a server that cannot be reached. */
  isOver: (error: unknown) => boolean;
};

const marginMs = 30_000;

/**
 * Holds the access tokens of one tab, in memory only, one for each scope. The cookie that renews them rotates with each
 * use, so renewals go one at a time: through one promise in this tab and a Web Lock between tabs.
 */
export class Session<G extends Grant> {
  readonly #options: Options<G>;
  readonly #held = new Map<string, Held<G>>();
  readonly #pending = new Map<string, Promise<G>>();
  readonly #listeners = new Set<() => void>();
  readonly #channel: BroadcastChannel | undefined;
  #prover: Prover | undefined;
  #proving: Promise<boolean> | undefined;

  constructor(options: Options<G>) {
    this.#options = options;
    if (typeof BroadcastChannel === "undefined") return;
    this.#channel = new BroadcastChannel(options.name);
    this.#channel.onmessage = () => this.#forget();
  }

  /** A grant for the scope that is good for a while, renewed if need be. Rejects when the session is over. */
  async ensure(scope: string): Promise<G> {
    const held = this.#held.get(scope);
    return held && held.until > performance.now() ? held.grant : this.renew(scope);
  }

  /** A new grant, whatever is held. If `rejected` is given and no longer the held token, the held grant is returned. */
  async renew(scope: string, rejected?: string): Promise<G> {
    const held = this.#held.get(scope);
    if (held && rejected && held.grant.access_token !== rejected) return held.grant;
    let pending = this.#pending.get(scope);
    if (!pending) {
      pending = this.#exchange(scope).finally(() => this.#pending.delete(scope));
      this.#pending.set(scope, pending);
    }
    return pending;
  }

  /** Takes over a grant that came with an answer, such as signing in. */
  adopt(scope: string, grant: G): void {
    this.#held.set(scope, { grant, until: performance.now() + lifetimeMs(grant.access_token) - marginMs });
  }

  /**
   * Swaps the session for another one of the same person. The call gets an access token of the scope and answers with the new
   * grant; no renewal is under way meanwhile, for it would find the old cookie dead. The caller adopts the grant.
   */
  async swap(scope: string, call: (token: string) => Promise<G>): Promise<G> {
    const { access_token } = await this.ensure(scope);
    const grant = await this.#alone(() => call(access_token));
    this.#held.clear();
    return grant;
  }

  /** Sets who asks for a proof of identity. */
  proveWith(prover: Prover): void {
    this.#prover = prover;
  }

  /** Asks the person to prove who they are, once for all who want to know at the same time. False when they do not. */
  async prove(scope: string): Promise<boolean> {
    this.#proving ??= this.#prover?.(scope).finally(() => {
      this.#proving = undefined;
    });
    return this.#proving ?? false;
  }

  /** Forgets everything, here and in the other tabs, and tells who listens. The caller ends the session at the server. */
  end(): void {
    this.#channel?.postMessage("end");
    this.#forget();
  }

  /** Calls back when the session has ended, by the user, by another tab or by the server. */
  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #exchange(scope: string): Promise<G> {
    try {
      const grant = await this.#alone(() => this.#options.exchange(scope));
      this.adopt(scope, grant);
      return grant;
    } catch (error) {
      if (this.#options.isOver(error)) this.#forget();
      throw error;
    }
  }

  async #alone(call: () => Promise<G>): Promise<G> {
    return navigator.locks ? navigator.locks.request(this.#options.name, call) : call();
  }

  #forget(): void {
    if (this.#held.size === 0) return;
    this.#held.clear();
    for (const listener of this.#listeners) listener();
  }
}

// Measured on the monotonic clock from the moment of receipt, so that a wrong clock on the device changes nothing.
function lifetimeMs(token: string): number {
  try {
    const payload = token.split(".")[1] ?? "";
    const { exp, iat } = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))) as { exp: number; iat: number };
    return (exp - iat) * 1000;
  } catch {
    return 0;
  }
}
