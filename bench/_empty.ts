/**
 * A program that does nothing: what a runtime alone takes. It tells that it is there, and stays.
 *
 * @module
 */

Deno.stdout.writeSync(new TextEncoder().encode("{}\n"));
setInterval(() => {}, 60_000);
