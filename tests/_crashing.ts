/**
 * A server that a fault of its own ends, for the test of its record.
 *
 * @module
 */

import { open } from "../lib/program/serve.ts";

const desk = await open({ trustWorkingFile: false, isRelease: false });
setTimeout(() => {
  throw new TypeError(`gone bad with ${Deno.args[0]}`);
});
await desk.run();
