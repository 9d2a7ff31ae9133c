import { Served } from "../scripts/serve.ts";

Deno.test("a server on loopback ends although a reply hangs", async () => {
  const asked = Promise.withResolvers<void>();
  const served = new Served(() => {
    asked.resolve();
    return new Promise<Response>(() => {});
  });
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: served.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost: here\r\n\r\n"));
  await asked.promise;
  await served[Symbol.asyncDispose]();
});
