/**
 * Both eras of MCP: the same questions through every client there is.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { CLIENTS, connectBare, connectClient, type EraOptions, STATELESS } from "./_eras.ts";
import { hang, json, TestClock } from "./_helpers.ts";
import { MARKET_ROUTES, type Route, type Routes, routes, wireOrder } from "./_routes.ts";

const ORDER = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "140.00",
  quantity: "2",
};
const YES = { action: "accept", content: { approve: true } };
const NO = { action: "decline" };

function options(scripted: Record<string, Route> = {}): EraOptions & { exchange: Routes } {
  const clock = new TestClock();
  const exchange = routes({
    "POST /api/v1/order": ({ body }) => json(wireOrder({ ...body, id: "100" })),
    "GET /api/v1/orders": () => json([]),
    "GET /wapi/v1/history/orders": () => json([]),
    "GET /wapi/v1/history/fills": () => json([]),
    "GET /api/v1/account": () => json({ autoLend: true }),
    "GET /api/v1/capital": () => json({ USDC: { available: "120.5", locked: "0", staked: "0" } }),
    "GET /api/v1/capital/collateral": () => json({ collateral: [] }),
    ...MARKET_ROUTES,
    ...scripted,
  }, () => clock.now());
  return { fetch: exchange.fetch, clock, exchange };
}

for (const name of CLIENTS) {
  const isStateless = name === "SDK 2 auto" || name === "SDK 2 pinned";

  Deno.test(`${name} speaks ${isStateless ? "2026-07-28" : "the era before"}`, async () => {
    await using desk = await connectClient(name, options());
    assertEquals(desk.client.revision(), isStateless ? STATELESS : "2025-11-25");
  });

  Deno.test(`${name} lists tools, resources and templates, reads and completes`, async () => {
    await using desk = await connectClient(name, options());
    const ask = (method: string, params = {}) =>
      desk.clock.run(desk.client.request(method, params));
    const { tools } = await ask("tools/list");
    assert(tools.some((tool: { name: string }) => tool.name === "create_order"));
    const { resources } = await ask("resources/list");
    const uris = resources.map(({ uri }: { uri: string }) => uri);
    assert(uris.includes("backpack://balance/USDC"));
    const { resourceTemplates } = await ask("resources/templates/list");
    assertEquals(resourceTemplates[0].uriTemplate, "backpack://balance/{asset}");
    const { contents } = await ask("resources/read", { uri: "backpack://balance/USDC" });
    assertEquals(JSON.parse(contents[0].text).total, "120.5");
    const ref = { type: "ref/resource", uri: "backpack://balance/{asset}" };
    const argument = { name: "asset", value: "u" };
    const { completion } = await ask("completion/complete", { ref, argument });
    assertEquals(completion.values, ["USDC"]);
  });

  Deno.test(`${name} is answered by tools, also when they refuse`, async () => {
    await using desk = await connectClient(name, options());
    const { structuredContent } = await desk.callTool("create_order", ORDER);
    assertEquals(structuredContent.outcome, "placed");
    const error = await desk.callFailing("create_order", { ...ORDER, price: "140.001" });
    assertEquals(error.code, "invalid_input");
    assertEquals((await desk.callFailing("list_orders", { nonsense: 1 })).code, "invalid_input");
  });

  Deno.test(`${name} gets protocol errors for what is no call`, async () => {
    await using desk = await connectClient(name, options());
    const code = async (method: string, params: Record<string, unknown>): Promise<unknown> => {
      const error = await assertRejects(() => desk.client.request(method, params));
      return (error as { code?: unknown }).code;
    };
    assertEquals(await code("tools/call", { name: "nope", arguments: {} }), -32602);
    assertEquals(await code("tools/call", { name: "list_orders", arguments: [] }), -32602);
    // SDK 2 turns the older code into the newer one by itself.
    const missing = name === "SDK 1" ? -32002 : -32602;
    assertEquals(await code("resources/read", { uri: "backpack://nothing" }), missing);
  });

  Deno.test(`${name} asks its person for a yes`, async () => {
    for (const [reply, outcome] of [[YES, "placed"], [NO, "not_placed"]] as const) {
      const forms: Record<string, unknown>[] = [];
      const onForm = (params: Record<string, unknown>): Promise<unknown> => {
        forms.push(params);
        return Promise.resolve(reply);
      };
      const { exchange, ...rest } = options();
      await using desk = await connectClient(name, {
        ...rest,
        onForm,
        limits: { confirmAbove: "250" },
      });
      const { structuredContent, content } = await desk.callTool("create_order", ORDER);
      const answer = structuredContent ?? JSON.parse(content[0]!.text);
      assertEquals(answer.outcome, outcome, content[0]?.text);
      assertEquals(exchange.effects().length, outcome === "placed" ? 1 : 0);
      assertEquals(forms.length, 1);
      assertMatch(String(forms[0]?.message), /^LIVE BUY 2 SOL_USDC at a limit of 140.00/);
    }
  });

  Deno.test(`${name} can call a call off`, async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    const { fetch, ...rest } = options({ "GET /api/v1/orders": hang });
    await using desk = await connectClient(name, {
      ...rest,
      fetch: (url, init) => {
        if (url.includes("/orders")) signals.push(init.signal);
        return fetch(url, init);
      },
    });
    const controller = new AbortController();
    const call = desk.client.request(
      "tools/call",
      { name: "list_orders", arguments: {} },
      controller.signal,
    );
    call.catch(() => {});
    while (signals.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    controller.abort("enough");
    await assertRejects(() => call);
    await desk.server.settle(1000, 1000);
    assert(signals.every((signal) => signal?.aborted));
  });
}

Deno.test("the newest revision is discovered with what the handshake tells before", async () => {
  await using desk = await connectBare(options());
  const { instructions, ...rest } = await desk.bare.request("server/discover");
  assertMatch(instructions, /LIVE/);
  assertEquals(rest, {
    resultType: "complete",
    ttlMs: 0,
    cacheScope: "private",
    supportedVersions: [STATELESS],
    capabilities: { tools: {}, resources: {}, completions: {} },
    _meta: {
      "io.modelcontextprotocol/serverInfo": {
        name: "backpack-mcp",
        title: "Backpack Exchange",
        version: "0.0.0",
      },
    },
  });
});
