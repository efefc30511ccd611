/**
 * Client of the Max Loyalty service.
 *
 * Every call of the description is made through `request`, with its parameters, body and answer typed.
 * Requests are repeated on 429 and 5xx and when the network fails; a changing one keeps its
 * `Idempotency-Key` through every repetition, so the service does the work once.
 */
import type { components, paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";
/** A message of the service by its name: `Schemas["GuestView"]`. */
export type Schemas = components["schemas"];

export type Method = "get" | "post" | "put" | "patch" | "delete";
/** The paths that take a method. */
export type PathsOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: infer O } ? ([O] extends [undefined] ? never : P) : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer O } ? O : never;
type Parameters<O, Place extends string> = O extends { parameters: { [K in Place]?: infer V } } ? V : never;
type Body<O> = O extends { requestBody?: infer R }
  ? [NonNullable<R>] extends [never]
    ? never
    : NonNullable<R> extends { content: { "application/json": infer B } }
      ? B
      : never
  : never;
type Content<R> = R extends { content: { "application/json": infer A } } ? A : never;
/** What a call answers when it succeeds. */
export type Answer<O> = O extends { responses: infer R } ? { [S in keyof R]: Content<R[S]> }[keyof R] : never;

type PathPart<O> = [NonNullable<Parameters<O, "path">>] extends [never]
  ? { path?: never }
  : { path: NonNullable<Parameters<O, "path">> };
type BodyPart<O> = [Body<O>] extends [never] ? { body?: never } : { body: Body<O> };
/** What goes with a call. */
export type Options<O> = PathPart<O> &
  BodyPart<O> & {
    query?: NonNullable<Parameters<O, "query">>;
    /** A key of your own, if the call must not be made twice even after the end of your program. */
    idempotencyKey?: string;
    signal?: AbortSignal;
  };

type Arguments<O> = Record<string, never> extends Options<O> ? [options?: Options<O>] : [options: Options<O>];

/** A refusal of the service as it comes: RFC 9457. */
export type Problem = Schemas["ProblemDetails"];

/** The service has refused; `code` is its error code, `problem` all it said. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: Partial<Problem>,
    readonly retryAfterMs: number | undefined,
  ) {
    super(`${status} ${code}: ${problem.detail ?? problem.title ?? "no details"}`);
    this.name = "ProblemError";
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

export interface ClientSettings {
  /** Where the service is: `https://loyalty.example`. */
  baseUrl: string;
  /** `mlk_live_…` or `mlk_test_…`. */
  apiKey: string;
  /** Pauses before each repetition; empty to repeat nothing. */
  pausesMs?: readonly number[];
  /** A longer `Retry-After` is thrown instead of waited for. */
  longestPauseMs?: number;
  /** How long one attempt may take. */
  timeoutMs?: number;
  /** Replaces the network and the waiting, for tests. */
  fetch?: typeof globalThis.fetch;
  sleep?: (ms: number) => Promise<void>;
}

const PAUSES_MS = [500, 1000, 2000, 4000] as const;

export class LoyaltyClient {
  readonly #settings: Required<ClientSettings>;

  constructor(settings: ClientSettings) {
    this.#settings = {
      pausesMs: PAUSES_MS,
      longestPauseMs: 60_000,
      timeoutMs: 30_000,
      fetch: (...given) => globalThis.fetch(...given),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      ...settings,
      baseUrl: settings.baseUrl.replace(/\/+$/, ""),
    };
  }

  /** Make a call of the description; throws ProblemError when the service refuses. */
  async request<M extends Method, P extends PathsOf<M>>(
    method: M,
    path: P,
    ...[options]: Arguments<Operation<P, M>>
  ): Promise<Answer<Operation<P, M>>> {
    const given = (options ?? {}) as Loose;
    const response = await this.#repeat(this.#url(path, given), method, given);
    const text = await response.text();
    return (text === "" ? undefined : JSON.parse(text)) as Answer<Operation<P, M>>;
  }

  get<P extends PathsOf<"get">>(path: P, ...options: Arguments<Operation<P, "get">>) {
    return this.request("get", path, ...options);
  }

  post<P extends PathsOf<"post">>(path: P, ...options: Arguments<Operation<P, "post">>) {
    return this.request("post", path, ...options);
  }

  put<P extends PathsOf<"put">>(path: P, ...options: Arguments<Operation<P, "put">>) {
    return this.request("put", path, ...options);
  }

  patch<P extends PathsOf<"patch">>(path: P, ...options: Arguments<Operation<P, "patch">>) {
    return this.request("patch", path, ...options);
  }

  delete<P extends PathsOf<"delete">>(path: P, ...options: Arguments<Operation<P, "delete">>) {
    return this.request("delete", path, ...options);
  }

  #url(path: string, given: Loose): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given.path?.[name])));
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(given.query ?? {})) {
      if (value !== undefined && value !== null) query.set(name, String(value));
    }
    const tail = query.toString();
    return `${this.#settings.baseUrl}${filled}${tail ? `?${tail}` : ""}`;
  }

  async #repeat(url: string, method: Method, given: Loose): Promise<Response> {
    const headers: Record<string, string> = { "X-API-Key": this.#settings.apiKey };
    if (method !== "get") headers["Idempotency-Key"] = given.idempotencyKey ?? crypto.randomUUID();
    if (given.body !== undefined) headers["Content-Type"] = "application/json";
    const body = given.body === undefined ? null : JSON.stringify(given.body);
    for (const pauseMs of this.#settings.pausesMs) {
      try {
        return await this.#send(url, { method: method.toUpperCase(), headers, body }, given.signal);
      } catch (error) {
        const waitMs = waitOf(error, pauseMs);
        if (given.signal?.aborted || waitMs === undefined || waitMs > this.#settings.longestPauseMs) throw error;
        await this.#settings.sleep(waitMs);
      }
    }
    return this.#send(url, { method: method.toUpperCase(), headers, body }, given.signal);
  }

  async #send(url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    const own = new AbortController();
    const timer = setTimeout(() => own.abort(new Error("the service did not answer in time")), this.#settings.timeoutMs);
    const stop = () => own.abort(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
    try {
      const response = await this.#settings.fetch(url, { ...init, signal: own.signal });
      if (!response.ok) throw await problemOf(response);
      return response;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }
}

interface Loose {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** How long to wait before the next attempt; undefined when there is no use in one. */
function waitOf(error: unknown, pauseMs: number): number | undefined {
  const spread = pauseMs * (0.8 + Math.random() * 0.4);
  if (!(error instanceof ProblemError)) return spread;
  return error.isPassing ? (error.retryAfterMs ?? spread) : undefined;
}

async function problemOf(response: Response): Promise<ProblemError> {
  let problem: Partial<Problem> = {};
  try {
    problem = (await response.json()) as Partial<Problem>;
  } catch {
    // A proxy answered, not the service.
  }
  const asked = response.headers.get("Retry-After");
  const retryAfterMs = asked !== null && /^\d+$/.test(asked) ? Number(asked) * 1000 : undefined;
  return new ProblemError(response.status, problem.errorCode ?? `HTTP_${response.status}`, problem, retryAfterMs);
}
