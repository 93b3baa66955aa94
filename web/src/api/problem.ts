/** One part of the input that the server refused; location is a path such as "body.title". */
export type FieldError = { location: string; message: string };

/** What the plan does not allow, and the cheapest plan that allows more of it; "" is none. `max` 0 is nothing at all. */
export type Limit = { key: string; label: string; used?: number; max: number; plan: string; wanted_plan: string };

type ProblemBody = {
  code?: string;
  detail?: string;
  title?: string;
  errors?: FieldError[] | null;
  request_id?: string;
  limit?: Limit;
};

/** An answer that is not a success, or no answer at all (status 0, code "network"). `message` is a sentence for people. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldError[];
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  /** With "limit_reached". */
  readonly limit: Limit | undefined;

  constructor(status: number, body: ProblemBody, retryAfter?: number) {
    super(body.detail ?? body.title ?? "");
    this.status = status;
    this.code = body.code ?? `http_${status}`;
    this.fields = body.errors ?? [];
    this.requestId = body.request_id;
    this.limit = body.limit;
    this.retryAfter = retryAfter;
  }

  /** True when trying the same again later can work: no connection, or the server is briefly not itself. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({}));
  const retryAfter = Number(response.headers.get("Retry-After"));
  const requestId = response.headers.get("X-Request-Id") ?? undefined;
  return new Problem(response.status, { request_id: requestId, ...body }, Number.isFinite(retryAfter) ? retryAfter : undefined);
}

/** The problem behind anything thrown: a failed fetch becomes "network", a fault of our own "client". */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const network = error instanceof TypeError || (error instanceof DOMException && /Abort|Timeout/.test(error.name));
  return new Problem(network ? 0 : 500, { code: network ? "network" : "client" });
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Problem && codes.includes(error.code);
}
