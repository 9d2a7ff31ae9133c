/**
 * A hidden build for the tests of the sandbox: opens the desk as the program does, and then, in the
 * place of answering requests, tries to get out and prints what became of it. `unopened`: without
 * opening anything, for a look at what the attempts do where nothing stops them.
 *
 * @module
 */

import { configure, dataDirectoryOf, sourcesOf } from "../lib/program/sources.ts";
import { launchOf } from "../lib/program/launch.ts";
import { open } from "../lib/program/serve.ts";
import { makeAttempts } from "./_sandbox_attempts.ts";

const { launch, rest } = launchOf(Deno.args);
if (rest[0] === "--version") {
  Deno.stdout.writeSync(new TextEncoder().encode("backpack-mcp probe\n"));
  Deno.exit(0);
}
const sources = sourcesOf(launch);
const configuration = await configure(sources, launch);
const settings = configuration.ok ? configuration.config : configuration;
const data = dataDirectoryOf(settings) ?? "";
if (rest[0] !== "unopened") await open(launch);
const port = Number(Deno.readTextFileSync(`${data}/own.txt`));
const place = { data, port, userFile: sources.userFilePath };
const outcomes = await makeAttempts(place);
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(outcomes)));
Deno.exit(0);
