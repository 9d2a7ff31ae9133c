import { assertEquals } from "@std/assert";
import { userFilePath } from "../lib/user_file.ts";

Deno.test("userFilePath() follows the XDG specification, and APPDATA on Windows", () => {
  const cases: [Record<string, string>, boolean, string | undefined][] = [
    [{ HOME: "/home/ada" }, false, "/home/ada/.config/backpack-mcp/.env"],
    [{ HOME: "/home/ada/", XDG_CONFIG_HOME: "/x/" }, false, "/x/backpack-mcp/.env"],
    [{ HOME: "/root//", XDG_CONFIG_HOME: "" }, false, "/root/.config/backpack-mcp/.env"],
    [{ HOME: "/home/ada", XDG_CONFIG_HOME: "here" }, false, "/home/ada/.config/backpack-mcp/.env"],
    [{ HOME: "home/ada" }, false, undefined],
    [{ APPDATA: "C:\\Roaming" }, false, undefined],
    [{ APPDATA: "C:\\Roaming", HOME: "/h" }, true, "C:\\Roaming\\backpack-mcp\\.env"],
    [{ HOME: "/h" }, true, undefined],
    [{}, false, undefined],
  ];
  for (const [env, windows, path] of cases) {
    assertEquals(userFilePath(env, windows), path, JSON.stringify(env));
  }
});
