import { assertEquals } from "@std/assert";
import { dataDirectory, everyDesksDirectory } from "../lib/data_directory.ts";

Deno.test("dataDirectory() follows each system's custom", () => {
  const rows: [Record<string, string>, string, string | undefined][] = [
    [{ HOME: "/h" }, "linux", "/h/.local/state/backpack-mcp"],
    [{ HOME: "/h", XDG_STATE_HOME: "/s/" }, "linux", "/s/backpack-mcp"],
    [{ HOME: "/h", XDG_STATE_HOME: "relative" }, "linux", "/h/.local/state/backpack-mcp"],
    [{ HOME: "/h", XDG_STATE_HOME: "/s" }, "darwin", "/h/Library/Application Support/backpack-mcp"],
    [{ LOCALAPPDATA: "C:\\Local" }, "windows", "C:\\Local\\backpack-mcp"],
    [{}, "linux", undefined],
    [{}, "darwin", undefined],
    [{ HOME: "/h" }, "windows", undefined],
  ];
  for (const [env, os, expected] of rows) assertEquals(dataDirectory(env, os), expected);
});

Deno.test("everyDesksDirectory() is the same whatever a client sets beside the home", () => {
  const env = { HOME: "/h", XDG_STATE_HOME: "/s" };
  assertEquals(everyDesksDirectory(env, "linux"), "/h/.local/state/backpack-mcp");
  assertEquals(everyDesksDirectory({ XDG_STATE_HOME: "/s" }, "linux"), undefined);
});
