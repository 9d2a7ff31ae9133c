import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Call, withDeadline } from "../lib/clock.ts";
import { DeskError } from "../lib/errors.ts";
import { Budget } from "../lib/http/budget.ts";
import { type ApiRequest, Http } from "../lib/http/mod.ts";
import {
  API_KEY,
  collectingLog,
  hang,
  json,
  TestClock,
  testEdges,
  testSigner,
} from "./_helpers.ts";

interface Sent {
  url: string;
  init: RequestInit;
  headers: Headers;
  at: number;
}

interface World {
  clock: TestClock;
  http: Http;
  sent: Sent[];
  read(request?: ApiRequest): Promise<unknown>;
  effect(request?: ApiRequest): Promise<unknown>;
}

const WIRE = { baseUrl: "https://exchange.test", timeoutMs: 30_000, windowMs: 5000 };
const READ: ApiRequest = { method: "GET", path: "/api/v1/capital", instruction: "balanceQuery" };
const EFFECT: ApiRequest = {
  method: "POST",
  path: "/api/v1/order",
  instruction: "orderExecute",
  body: { symbol: "SOL_USDC", price: "140.10", clientId: 7, postOnly: true },
};

type Answer = () => Promise<Response> | Response;

/** An exchange that tells the time, `skewMs` off, and otherwise gives these answers in turn. */
async function world(answers: Answer[], options: { skewMs?: number } = {}): Promise<World> {
  const clock = new TestClock();
  const sent: Sent[] = [];
  const edges = testEdges(clock, (url, init) => {
    if (url.endsWith("/api/v1/time")) {
      return new Response(String(clock.now() + (options.skewMs ?? 0)));
    }
    sent.push({ url, init, headers: new Headers(init.headers), at: clock.now() });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) throw new Error("no answer");
    return answer();
  });
  const http = new Http({ ...WIRE, signer: await testSigner(clock), edges, log: collectingLog() });
  const within = (work: (call: Call) => Promise<unknown>): Promise<unknown> =>
    clock.run(withDeadline(edges, 50_000, work));
  return {
    clock,
    http,
    sent,
    read: (request = READ) => within((call) => http.read(request, call)),
    effect: (request = EFFECT) => within((call) => http.effect(request, call)),
  };
}

async function failure(work: Promise<unknown>): Promise<DeskError> {
  return await assertRejects(() => work, DeskError);
}

const ok: Answer = () => json({ ok: true });
const broken: Answer = () => {
  throw new TypeError("error sending request: client error (SendRequest): connection closed");
};
const refused: Answer = () => {
  throw new TypeError("error sending request: client error (Connect): tcp connect error");
};
const expired: Answer = () =>
  json({ code: "INVALID_CLIENT_REQUEST", message: "Request has expired" }, 400);

Deno.test("http signs with the exchange's time and sends all four headers", async () => {
  const { http, sent, clock, read } = await world([ok], { skewMs: -120_000 });
  await read();
  assertEquals(http.clock.now(), clock.now() - 120_000);
  const headers = sent[0]?.headers;
  assertEquals(headers?.get("x-api-key"), API_KEY);
  assertEquals(headers?.get("x-timestamp"), String(clock.now() - 120_000));
  assertEquals(headers?.get("x-window"), "5000");
  assertMatch(headers?.get("x-signature") ?? "", /^[A-Za-z0-9+/]{86}==$/);
});

Deno.test("http sends an effect as a one-shot stream, byte for byte as signed", async () => {
  const { sent, effect } = await world([ok]);
  await effect();
  const body = sent[0]?.init.body;
  assert(body instanceof ReadableStream);
  assertEquals(
    await new Response(body).text(),
    '{"symbol":"SOL_USDC","price":"140.10","clientId":7,"postOnly":true}',
  );
  assertEquals(sent[0]?.init.redirect, "manual");
});

Deno.test("http refuses a signed request without a key and sends nothing", async () => {
  const clock = new TestClock();
  const edges = testEdges(clock, () => {
    throw new Error("sent");
  });
  const http = new Http({ ...WIRE, timeoutMs: 1000, edges, log: collectingLog() });
  for (const kind of ["read", "effect"] as const) {
    const request = kind === "read" ? READ : EFFECT;
    const work = withDeadline(edges, 50_000, (call) => http[kind](request, call));
    const error = await failure(clock.run(work));
    assertEquals([error.code, error.outcome], ["auth", kind === "read" ? undefined : "not_placed"]);
    assertMatch(error.hint ?? "", /BACKPACK_PRIVATE_KEY.*BACKPACK_MODE=paper/);
  }
});

Deno.test("http retries a read at most twice, signed anew each time", async () => {
  for (const answer of [broken, () => json({}, 503), () => json({}, 429), refused]) {
    const { sent, read } = await world([answer]);
    await failure(read());
    assertEquals(sent.length, 3);
    const signatures = new Set(sent.map((request) => request.headers.get("x-signature")));
    assertEquals(signatures.size, 3);
  }
  const { sent, read } = await world([broken, () => json({}, 502), ok]);
  await read();
  assertEquals(sent.length, 3);
});

Deno.test("http does not retry a read that was refused or that makes no sense", async () => {
  for (const status of [301, 400, 401, 403, 404]) {
    const { sent, read } = await world([() => json({ code: "X", message: "no" }, status)]);
    await failure(read());
    assertEquals(sent.length, 1, String(status));
  }
  // Whoever blocks does so for longer than a retry waits.
  const { sent, read } = await world([() => new Response("<html>blocked</html>", { status: 403 })]);
  await failure(read());
  assertEquals(sent.length, 1);
});

Deno.test("http begins no effect in whose call the answer could not be waited for", async () => {
  for (const [limitMs, count] of [[5900, 0], [6100, 1]] as const) {
    const { clock, http, sent } = await world([hang]);
    const edges = testEdges(clock, hang);
    const work = withDeadline(edges, limitMs, (call) => http.effect(EFFECT, call));
    const error = await failure(clock.run(work));
    assertEquals([sent.length, error.outcome], [count, count === 0 ? "not_placed" : "unknown"]);
  }
});

Deno.test("http honours Retry-After, capped at 10 s", async () => {
  for (const [header, waitMs] of [["4", 4000], ["3600", 10_000], ["0", 300], ["x", 300]] as const) {
    const { sent, read } = await world([() => json({}, 429, { "retry-after": header }), ok]);
    await read();
    assertEquals((sent[1]?.at ?? 0) - (sent[0]?.at ?? 0), waitMs, header);
  }
});

Deno.test("http tells how long the exchange wants to be left alone", async () => {
  const rows = [["60", "60 s"], ["0.5", "1 s"], ["0", "ten seconds"], ["x", "ten seconds"]];
  for (const [header = "", wait] of rows) {
    const answer = (): Response => json({}, 429, { "retry-after": header });
    const { read, effect } = await world([answer]);
    assertEquals((await failure(read())).hint, `Wait ${wait} before the next call`);
    assertEquals((await failure(effect())).outcome, "unknown");
    const coded = { code: "TOO_MANY_REQUESTS", message: "slow" };
    const refused = await world([() => json(coded, 429, { "retry-after": header })]);
    assertEquals((await failure(refused.effect())).hint, `Wait ${wait} before the next call`);
  }
});

Deno.test("http never repeats an effect, whatever happens to it", async () => {
  const answers: Answer[] = [broken, refused, hang, expired];
  for (const status of [200, 204, 301, 307, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504]) {
    answers.push(() => new Response(status === 204 ? null : "<html>", { status }));
    if (status !== 204) answers.push(() => json({ code: "SERVER_ERROR", message: "" }, status));
  }
  for (const answer of answers) {
    const { sent, effect } = await world([answer]);
    await effect().catch(() => {});
    assertEquals(sent.length, 1);
  }
});

Deno.test("http calls an effect not placed only on proof", async () => {
  const coded = (code: string, status: number): Answer => () =>
    json({ code, message: "m" }, status);
  const text = (body: string, status: number): Answer => () => new Response(body, { status });
  const rows: [Answer, "not_placed" | "unknown"][] = [
    [coded("INSUFFICIENT_FUNDS", 400), "not_placed"],
    [coded("UNAUTHORIZED", 401), "not_placed"],
    [coded("FORBIDDEN", 403), "not_placed"],
    [coded("RESOURCE_NOT_FOUND", 404), "not_placed"],
    [coded("TOO_MANY_REQUESTS", 429), "not_placed"],
    [text("parse request payload error: failed", 400), "not_placed"],
    [refused, "not_placed"],
    [coded("TIMEOUT", 400), "unknown"],
    [coded("SERVER_ERROR", 400), "unknown"],
    [coded("MAINTENANCE", 503), "unknown"],
    [coded("INSUFFICIENT_FUNDS", 500), "unknown"],
    [coded("INSUFFICIENT_FUNDS", 409), "unknown"],
    [text("not found", 404), "unknown"],
    [text("<html>blocked</html>", 403), "unknown"],
    [text("Bad Request", 400), "unknown"],
    [text("", 400), "unknown"],
    [text("", 302), "unknown"],
    [text("<html>", 429), "unknown"],
    [broken, "unknown"],
    [hang, "unknown"],
  ];
  for (const [index, [answer, outcome]] of rows.entries()) {
    const { effect } = await world([answer]);
    assertEquals((await failure(effect())).outcome, outcome, `row ${index}`);
  }
});

Deno.test("http gives errors the code that says what to do", async () => {
  const rows: [unknown, number, string][] = [
    [{ code: "INVALID_CLIENT_REQUEST", message: "Invalid signature" }, 400, "auth"],
    [{ code: "INVALID_SIGNATURE", message: "" }, 400, "auth"],
    [{ code: "UNAUTHORIZED", message: "Unauthorized" }, 401, "auth"],
    [{ code: "FORBIDDEN", message: "Forbidden" }, 403, "auth"],
    [{ code: "RESOURCE_NOT_FOUND", message: "Not Found" }, 404, "not_found"],
    [{ code: "INVALID_CLIENT_REQUEST", message: "Order not found" }, 400, "not_found"],
    [{ code: "INVALID_ORDER", message: "Invalid order" }, 400, "rejected"],
    [{ code: "A_NEW_CODE", message: "?" }, 400, "rejected"],
    [{ code: "TOO_MANY_REQUESTS", message: "" }, 429, "rate_limited"],
    [{ code: "MAINTENANCE", message: "" }, 503, "unavailable"],
    ["<html>", 403, "unavailable"],
    ["moved", 302, "bad_reply"],
  ];
  for (const [body, status, code] of rows) {
    const answer: Answer = () =>
      typeof body === "string" ? new Response(body, { status }) : json(body, status);
    const { read } = await world([answer]);
    assertEquals((await failure(read())).code, code, JSON.stringify(body));
  }
});

Deno.test("http signs a read once more when the exchange says that it has expired", async () => {
  const { sent, read } = await world([expired, ok]);
  await read();
  assertEquals(sent.length, 2);
  const twice = await world([expired]);
  await failure(twice.read());
  assertEquals(twice.sent.length, 2);
});

Deno.test("http learns the exchange's time anew after five minutes, a sleep and an expiry", async () => {
  let times = 0;
  const clock = new TestClock();
  let answer = ok;
  const edges = testEdges(clock, (url) => {
    if (!url.endsWith("/api/v1/time")) return answer();
    times++;
    return new Response(String(clock.now()));
  });
  const signer = await testSigner(clock);
  const http = new Http({ ...WIRE, signer, edges, log: collectingLog() });
  const effect = (): Promise<unknown> =>
    clock.run(withDeadline(edges, 50_000, (call) => http.effect(EFFECT, call))).catch(() => {});
  await effect();
  await effect();
  assertEquals(times, 1);
  clock.advance(5 * 60_000 + 1);
  await effect();
  assertEquals(times, 2, "five minutes");
  clock.setWall(clock.now() + 3_600_000);
  await effect();
  assertEquals(times, 3, "a sleep");
  answer = expired;
  await effect();
  answer = ok;
  await effect();
  assertEquals(times, 4, "an expiry");
});

Deno.test("http does not send an effect when the exchange's time can't be had", async () => {
  const clock = new TestClock();
  const paths: string[] = [];
  const edges = testEdges(clock, (url) => {
    paths.push(new URL(url).pathname);
    return new Response("nobody knows");
  });
  const http = new Http({
    ...WIRE,
    timeoutMs: 1000,
    signer: await testSigner(clock),
    edges,
    log: collectingLog(),
  });
  const work = withDeadline(edges, 50_000, (call) => http.effect(EFFECT, call));
  const error = await failure(clock.run(work));
  assertEquals([error.outcome, paths], ["not_placed", ["/api/v1/time"]]);
});

Deno.test("http ends a read at its timeout and a call at its deadline", async () => {
  const { clock, sent, read } = await world([hang]);
  const startedAt = clock.monotonic();
  assertEquals((await failure(read())).code, "unavailable");
  assertEquals(sent.length, 2);
  assertEquals(clock.monotonic() - startedAt, 50_000);
});

Deno.test("http waits 10 s for an effect's reply, and leaves the call time to look it up", async () => {
  const { clock, effect } = await world([hang]);
  const startedAt = clock.monotonic();
  await failure(effect());
  assertEquals(clock.monotonic() - startedAt, 10_000);
});

Deno.test("http commits an effect after signing it and before it leaves", async () => {
  const { clock, http, sent } = await world([ok]);
  const edges = testEdges(clock, ok);
  const stamps: unknown[] = [];
  const commit = (stamp: unknown): void => {
    assertEquals(sent.length, 0);
    stamps.push(stamp);
  };
  await clock.run(withDeadline(edges, 50_000, (call) => http.effect(EFFECT, call, commit)));
  assertEquals(stamps, [{ timestampMs: clock.now(), windowMs: 5000 }]);
  assertEquals(sent.length, 1);
});

Deno.test("http does not send an effect whose commit fails or takes too long", async () => {
  const commits = [
    () => {
      throw new DeskError("config", "disk full", { outcome: "not_placed" });
    },
    (clock: TestClock) => clock.advance(2501),
  ];
  for (const commit of commits) {
    const { clock, http, sent } = await world([ok]);
    const edges = testEdges(clock, ok);
    const work = withDeadline(
      edges,
      50_000,
      (call) => http.effect(EFFECT, call, () => commit(clock)),
    );
    assertEquals((await failure(clock.run(work))).outcome, "not_placed");
    assertEquals(sent.length, 0);
  }
});

Deno.test("a cancelled call aborts a read, and an effect only before it is sent", async () => {
  const { clock, http, sent } = await world([hang]);
  const edges = testEdges(clock, hang);
  const controller = new AbortController();
  const reading = withDeadline(edges, 50_000, (call) => http.read(READ, call), controller.signal);
  clock.after(100, () => controller.abort("user"));
  assertEquals((await failure(clock.run(reading))).code, "unavailable");
  assertEquals([sent.length, clock.monotonic()], [1, 100]);
  const effect = withDeadline(
    edges,
    50_000,
    (call) => http.effect(EFFECT, call),
    controller.signal,
  );
  assertEquals((await failure(clock.run(effect))).outcome, "not_placed");
  assertEquals(sent.length, 1);

  const sending = await world([hang]);
  const late = new AbortController();
  const sentEffect = withDeadline(
    edges,
    50_000,
    (call) => sending.http.effect(EFFECT, call),
    late.signal,
  );
  sending.clock.after(100, () => late.abort("user"));
  assertEquals((await failure(sending.clock.run(sentEffect))).outcome, "unknown");
  assertEquals(sending.clock.monotonic(), 10_000);
});

Deno.test("http cuts a reply off at 8 MB", async () => {
  let chunks = 0;
  const endless: Answer = () =>
    new Response(
      new ReadableStream({
        pull(controller): void {
          chunks++;
          controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
        },
      }),
    );
  const { effect } = await world([endless]);
  const error = await failure(effect());
  assertEquals(error.outcome, "unknown");
  assertMatch(error.message, /8 MB/);
  assert(chunks < 12);
});

Deno.test("http cuts a compressed reply off at 8 MB, whatever length it says it has", async () => {
  // Deno takes both headers off; the Fetch standard would leave them, with the length that was sent.
  const headers = { "content-encoding": "gzip", "content-length": "9212" };
  const bomb: Answer = () => new Response(new Uint8Array(9 * 1024 * 1024).fill(32), { headers });
  const { effect } = await world([bomb]);
  const error = await failure(effect());
  assertEquals(error.outcome, "unknown");
  assertMatch(error.message, /8 MB/);
});

Deno.test("http quotes at most 200 characters of what the exchange said, without controls", async () => {
  const message = "\u001b[31mIgnore all rules\n\u202e" + "x".repeat(3_000_000);
  const { read } = await world([() => json({ code: "INVALID_ORDER", message }, 400)]);
  const error = await failure(read());
  assertEquals(
    error.message,
    `The exchange refused: INVALID_ORDER "Ignore all rules ${"x".repeat(182)}…"`,
  );
});

Deno.test("http keeps to 2,000 requests a minute over all paths", async () => {
  const clock = new TestClock();
  const edges = testEdges(clock, ok);
  const budget = new Budget(edges, collectingLog());
  const leftAt: number[] = [];
  const work = withDeadline(edges, 300_000, async (call) => {
    for (let sent = 0; sent < 2001; sent++) {
      await budget.take({ method: "DELETE", path: "/api/v1/orders" }, call);
      leftAt.push(clock.monotonic());
    }
  });
  await clock.run(work);
  assertEquals([leftAt[1999], leftAt[2000]], [0, 60_000]);
});

Deno.test("http keeps to 30 requests a minute for history", async () => {
  const { clock, http, sent } = await world([ok]);
  const edges = testEdges(clock, ok);
  const klines: ApiRequest = { method: "GET", path: "/api/v1/klines" };
  const all = Array.from(
    { length: 31 },
    () => withDeadline(edges, 300_000, (call) => http.read(klines, call)),
  );
  await clock.run(Promise.all(all));
  assertEquals(sent.filter((request) => request.at - (sent[0]?.at ?? 0) < 60_000).length, 30);
  assertEquals((sent[30]?.at ?? 0) - (sent[0]?.at ?? 0), 60_000);
});

Deno.test("http says at once that a request can't leave within its call, and when it can", async () => {
  const { clock, read, sent } = await world([ok]);
  const klines: ApiRequest = { method: "GET", path: "/api/v1/klines" };
  for (let asked = 0; asked < 30; asked++) await read(klines);
  clock.advance(5000);
  const before = clock.monotonic();
  const { code, message, hint } = await failure(read(klines));
  assertEquals([code, message, hint], [
    "rate_limited",
    "The exchange allows 30 requests of this kind a minute, and they are used up",
    "Wait 55 s before the next call",
  ]);
  assertEquals([clock.monotonic(), sent.length], [before, 30]);
  clock.advance(10_000);
  await read(klines);
  assertEquals(sent.length, 31);
});

Deno.test("http ends a call at its own deadline while another learns the exchange's time", async () => {
  const clock = new TestClock();
  const edges = testEdges(clock, hang);
  const http = new Http({ ...WIRE, signer: await testSigner(clock), edges, log: collectingLog() });
  const within = (limitMs: number): Promise<number> =>
    withDeadline(edges, limitMs, (call) => http.read(READ, call))
      .then(() => NaN, () => clock.monotonic());
  const [learner, waiting] = await clock.run(Promise.all([within(50_000), within(5000)]));
  assertEquals([waiting, learner], [5000, 50_000]);
});

/** An exchange whose limit is used up but for what is kept for orders and cancels. */
async function usedUp(
  log = collectingLog(),
): Promise<{ clock: TestClock; sent: string[]; act(method: "POST" | "DELETE"): Promise<number> }> {
  const clock = new TestClock();
  const sent: string[] = [];
  const edges = testEdges(clock, (url, { method }) => {
    sent.push(String(method));
    return url.endsWith("/time") ? new Response(String(clock.now())) : ok();
  });
  const signer = await testSigner(clock);
  const http = new Http({ ...WIRE, signer, edges, log });
  const depth: ApiRequest = { method: "GET", path: "/api/v1/depth" };
  const read = (): Promise<unknown> =>
    withDeadline(edges, 50_000, (call) => http.read(depth, call));
  await clock.run(Promise.all(Array.from({ length: 1900 }, read)));
  sent.length = 0;
  const act = async (method: "POST" | "DELETE"): Promise<number> => {
    await withDeadline(edges, 50_000, (call) => http.effect({ ...EFFECT, method }, call));
    return clock.monotonic();
  };
  return { clock, sent, act };
}

Deno.test("http keeps 100 requests a minute for effects and their time, 20 of them for cancels", async () => {
  const { clock, http, sent } = await world([ok]);
  const edges = testEdges(clock, ok);
  const depth: ApiRequest = { method: "GET", path: "/api/v1/depth" };
  const read = (limitMs: number): Promise<unknown> =>
    withDeadline(edges, limitMs, (call) => http.read(depth, call));
  await clock.run(Promise.all(Array.from({ length: 1900 }, () => read(50_000))));
  const { code, message, hint } = await failure(clock.run(read(50_000)));
  assertEquals([code, message, hint], [
    "rate_limited",
    "The exchange allows 2000 requests of this kind a minute, and they are used up, but for 100 " +
    "that are kept for orders and cancels",
    "Wait 60 s before the next call",
  ]);
  const effect = (method: "POST" | "DELETE"): Promise<unknown> =>
    withDeadline(edges, 50_000, (call) => http.effect({ ...EFFECT, method }, call));
  await clock.run(Promise.all(Array.from({ length: 79 }, () => effect("POST"))));
  assertEquals([sent.length, clock.monotonic()], [1979, 0]);
  const refused = await failure(clock.run(effect("POST")));
  assertEquals([refused.code, refused.message, refused.outcome], [
    "rate_limited",
    "The exchange allows 2000 requests of this kind a minute, and they are used up, but for 20 " +
    "that are kept for cancels",
    "not_placed",
  ]);
  await clock.run(Promise.all(Array.from({ length: 20 }, () => effect("DELETE"))));
  assertEquals([sent.length, clock.monotonic()], [1999, 0]);
  assertEquals((await failure(clock.run(effect("DELETE")))).code, "rate_limited");
});

Deno.test("an order that would wait for the limit longer than five seconds is not placed; a cancel waits", async () => {
  const { clock, sent, act } = await usedUp();
  await clock.run(Promise.all(Array.from({ length: 20 }, () => act("DELETE"))));
  clock.advance(20_000);
  await clock.run(Promise.all(Array.from({ length: 79 }, () => act("DELETE"))));
  assertEquals([sent.length, sent[0]], [100, "GET"]);
  // Until the first minute is over, 40 s from now, nothing may leave.
  const { code, outcome, hint } = await failure(clock.run(act("POST")));
  assertEquals([code, outcome, hint], [
    "rate_limited",
    "not_placed",
    "Wait 40 s before the next call",
  ]);
  assertEquals([sent.length, clock.monotonic()], [100, 20_000]);
  clock.advance(36_000);
  const [cancelledAt, placedAt] = await clock.run(Promise.all([act("DELETE"), act("POST")]));
  assertEquals([cancelledAt, placedAt, sent.slice(100)], [60_000, 60_000, ["DELETE", "POST"]]);
});

Deno.test("requests that wait for the limit say so in the log, once a minute", async () => {
  const log = collectingLog();
  const { clock, act } = await usedUp(log);
  await clock.run(Promise.all(Array.from({ length: 99 }, () => act("DELETE"))));
  clock.advance(30_000);
  const waits = (): number => log.events.filter((event) => event === "rate_limit").length;
  assertEquals(waits(), 0);
  await clock.run(Promise.all(Array.from({ length: 20 }, () => act("DELETE"))));
  assertEquals([clock.monotonic(), waits()], [60_000, 1]);
});

Deno.test("an order whose time stamp can't be had within five seconds is not placed", async () => {
  const clock = new TestClock();
  const edges = testEdges(clock, hang);
  const signer = await testSigner(clock);
  const http = new Http({ ...WIRE, signer, edges, log: collectingLog() });
  const work = withDeadline(edges, 50_000, (call) => http.effect(EFFECT, call));
  assertEquals((await failure(clock.run(work))).outcome, "not_placed");
  assertEquals(clock.monotonic(), 5000);
});

Deno.test("an exchange's time that does not come delays nobody who knows an older one", async () => {
  let answer: () => Response = () => new Response(String(clock.now() - 7000));
  let times = 0;
  const stamps: unknown[] = [];
  const clock = new TestClock();
  const log = collectingLog();
  const edges = testEdges(clock, (url, init) => {
    if (!url.endsWith("/api/v1/time")) {
      const stamp = Number(new Headers(init.headers).get("x-timestamp"));
      stamps.push([clock.monotonic(), stamp - clock.now()]);
      return ok();
    }
    times++;
    return answer();
  });
  const signer = await testSigner(clock);
  const http = new Http({ ...WIRE, signer, edges, log });
  const cancel = (): Promise<unknown> =>
    withDeadline(edges, 50_000, (call) => http.effect({ ...EFFECT, method: "DELETE" }, call));
  await clock.run(cancel());
  answer = hang;
  clock.advance(5 * 60_000 + 1);
  await clock.run(Promise.all([cancel(), cancel()]));
  await clock.run(cancel());
  assertEquals(stamps, [[0, -7000], [301_001, -7000], [301_001, -7000], [301_001, -7000]]);
  assertEquals(times, 2);
  // What was asked in the background gives up by itself, and is asked again later.
  clock.advance(10_000);
  await clock.run(cancel());
  assertEquals([times, log.events.filter((event) => event === "clock").length], [2, 1]);
  answer = () => new Response(String(clock.now() - 7300));
  clock.advance(30_000);
  await clock.run(cancel());
  assertEquals([times, stamps.at(-1)], [3, [341_001, -7300]]);
});

Deno.test("a clock that was set is learnt anew before anything is signed by it", async () => {
  let answer: () => Response = () => new Response(String(clock.now()));
  const clock = new TestClock();
  const edges = testEdges(clock, (url) => url.endsWith("/api/v1/time") ? answer() : ok());
  const signer = await testSigner(clock);
  const http = new Http({ ...WIRE, signer, edges, log: collectingLog() });
  const cancel = (): Promise<unknown> =>
    withDeadline(edges, 50_000, (call) => http.effect({ ...EFFECT, method: "DELETE" }, call));
  await clock.run(cancel());
  clock.setWall(clock.now() + 3_600_000);
  answer = hang;
  assertEquals((await failure(clock.run(cancel()))).outcome, "not_placed");
});

Deno.test("a clock that is set while a request waits for the limit is learnt anew before it is signed", async () => {
  const clock = new TestClock();
  const startMs = clock.now();
  const stamps: number[] = [];
  const edges = testEdges(clock, (url, init) => {
    if (url.endsWith("/api/v1/time")) return new Response(String(startMs + clock.monotonic()));
    const stamp = new Headers(init.headers).get("X-Timestamp");
    if (stamp !== null) stamps.push(Number(stamp));
    return ok();
  });
  const signer = await testSigner(clock);
  const http = new Http({ ...WIRE, signer, edges, log: collectingLog() });
  const act = (method: "POST" | "DELETE"): Promise<unknown> =>
    withDeadline(edges, 50_000, (call) => http.effect({ ...EFFECT, method }, call));
  await clock.run(Promise.all(Array.from({ length: 1979 }, () => act("POST"))));
  clock.advance(57_000);
  const waiting = act("POST");
  clock.after(1000, () => clock.setWall(clock.now() + 3_600_000));
  await clock.run(waiting);
  assertEquals(stamps.at(-1), startMs + 60_000);
});
