/**
 * `doctor` and what is wrong between here and the exchange: the network, the clock, the key.
 *
 * @module
 */

import type { PersonOptions } from "./_cli.ts";
import { testDoctor } from "./_doctor.ts";
import { hang, TestClock } from "./_helpers.ts";
import { refusal } from "./_routes.ts";

const HOST = "✗ exchange  https://api.backpack.exchange";

function clockOff(offsetMs: number): PersonOptions {
  const clock = new TestClock();
  return {
    clock,
    routes: { "GET /api/v1/time": () => new Response(String(clock.now() + offsetMs)) },
  };
}

/** Deno's own words for a connection that did not come about. */
function unconnected(reason: string): PersonOptions {
  const message = `error sending request for url (…): client error (Connect): ${reason}`;
  return { routes: { "GET /api/v1/time": () => Promise.reject(new TypeError(message)) } };
}

function answered(body: string, status: number): PersonOptions {
  return { routes: { "GET /api/v1/time": () => new Response(body, { status }) } };
}

function accountRefused(code: string, message: string, status: number): PersonOptions {
  return { routes: { "GET /api/v1/account": () => refusal(code, message, status) } };
}

testDoctor([
  {
    name: "a key that does not fit the account",
    given: accountRefused("INVALID_CLIENT_REQUEST", "Invalid signature", 400),
    line: "✗ account   the exchange does not accept the key: The exchange refused: " +
      'INVALID_CLIENT_REQUEST "Invalid signature"',
    todo: "Check that the configured key is this account's",
  },
  {
    name: "a key that the exchange does not know",
    given: accountRefused("UNAUTHORIZED", "Unauthorized", 401),
    line: '✗ account   the exchange does not know the key: The exchange refused: UNAUTHORIZED "Un',
    todo: "whether it is listed there",
  },
  {
    name: "a key without permission",
    given: accountRefused("FORBIDDEN", "Forbidden", 403),
    line: "✗ account   the exchange knows the key and forbids it to read the account: ",
    todo: "look at the key's permissions on Backpack",
  },
  {
    name: "a signed question that the exchange is too busy for",
    given: { routes: { "GET /api/v1/account": () => new Response("down", { status: 502 }) } },
    line: "✗ account   the exchange is in trouble: ",
    todo: "status page",
  },
  {
    name: "a name that can't be looked up",
    given: unconnected("dns error: failed to lookup address information: Name or service unknown"),
    line: `${HOST} has a name that can't be looked up: No connection`,
    todo: "correct BACKPACK_BASE_URL if the name is wrong",
  },
  {
    name: "a host that is not there",
    given: unconnected("tcp connect error: Connection refused (os error 111)"),
    line: `${HOST} refuses connections: No connection`,
    todo: "look at the port in BACKPACK_BASE_URL",
  },
  {
    name: "a network without a way there",
    given: unconnected("tcp connect error: Network is unreachable (os error 101)"),
    line: `${HOST} can't be reached: No connection`,
    todo: "this machine has no way there",
  },
  {
    name: "a certificate that is not trusted",
    given: unconnected("invalid peer certificate: UnknownIssuer"),
    line: `${HOST} offers no secure connection that can be trusted: No connection`,
    todo: "is this machine's date wrong?",
  },
  {
    name: "a plain-HTTP port",
    given: unconnected("received corrupt message of type InvalidContentType"),
    line: `${HOST} offers no secure connection that can be trusted: No connection`,
    todo: "is it a plain-HTTP port",
  },
  {
    name: "an exchange that never answers",
    given: { routes: { "GET /api/v1/time": hang } },
    line: `${HOST} is too slow: No answer within 20 s`,
    todo: "a firewall or VPN may swallow the connection",
  },
  {
    name: "a portal that answers in HTML",
    given: answered("<html><b>Sign in to the hotel's network</b></html>", 200),
    line: `${HOST} was not what answered: The exchange did not tell its time`,
    todo: "something on the way answered in its place",
  },
  {
    name: "a block of the region",
    given: answered("<html>blocked</html>", 403),
    line: `${HOST} refuses this machine: The exchange answered: HTTP 403 "<html>blocked</html>"`,
    todo: "it is not the key",
  },
  {
    name: "too many requests",
    given: answered("slow down", 429),
    line: `${HOST} is asked too often from here: The exchange`,
    todo: "wait a minute",
  },
  {
    name: "an exchange in trouble",
    given: answered("down", 503),
    line: `${HOST} is in trouble: The exchange answered: HTTP 503 "down"`,
    todo: "status page",
  },
  {
    name: "a clock that is two minutes behind",
    given: clockOff(120_000),
    isWarning: true,
    line: "! clock     this machine's clock is 2 min behind",
    todo: "set it",
  },
  {
    name: "a clock that is ahead",
    given: clockOff(-95_000),
    isWarning: true,
    line: "! clock     this machine's clock is 1 min 35 s ahead",
    todo: "set it",
  },
]);
