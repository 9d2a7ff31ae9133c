import { assertEquals } from "@std/assert";
import { RPC, RpcError } from "../lib/rpc.ts";
import { Server } from "../lib/sdk.ts";

Deno.test("the SDK's types are real", () => {
  const server = new Server({ name: "x", version: "1" });
  // @ts-expect-error a number is no Server: this line fails to compile if Server is `any`
  const notAServer: Server = 5;
  // @ts-expect-error a Server has no such method: this line fails to compile if it is `any`
  assertEquals(server.noSuchMethod, undefined);
  assertEquals(notAServer, 5 as unknown);
});

Deno.test("RpcError carries what the SDK answers with", () => {
  const error = new RpcError(RPC.resourceNotFound, "gone", { uri: "x" });
  assertEquals([error.code, error.message, error.data], [-32002, "gone", { uri: "x" }]);
});
