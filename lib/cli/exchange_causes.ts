/**
 * Why the exchange does not answer as it should, in the terms of whoever can mend it: the network,
 * a name, a certificate, a block, a key. Deno names the stage of a failed connection in its message.
 *
 * @module
 */

import { DeadlineError } from "../clock.ts";
import type { DeskError } from "../errors.ts";

/** What is wrong, as what the exchange does, and what to do about it. */
export interface Cause {
  /** Such as `is in trouble`. */
  readonly text: string;
  /** What the owner can do about it. */
  readonly todo: string;
}

interface Rule extends Cause {
  fits(error: DeskError): boolean;
}

const LOOK = "look at BACKPACK_BASE_URL and at the network";

/** The first that fits counts. */
const UNREACHED: readonly Rule[] = [
  {
    fits: ({ cause }) => cause instanceof DeadlineError,
    text: "is too slow",
    todo:
      "a firewall or VPN may swallow the connection: look at them, at the network, and at the " +
      "exchange's own status page",
  },
  {
    fits: says(/dns error|failed to lookup/i),
    text: "has a name that can't be looked up",
    todo: "correct BACKPACK_BASE_URL if the name is wrong; if not, this machine has no name " +
      "service: look at the network, the VPN and DNS",
  },
  {
    fits: says(/connection refused/i),
    text: "refuses connections",
    todo: "nothing listens there: look at the port in BACKPACK_BASE_URL; an exchange of your own " +
      "has to be started first",
  },
  {
    fits: says(/unreachable|no route|timed out/i),
    text: "can't be reached",
    todo: "this machine has no way there: look at the network, the VPN and the firewall",
  },
  {
    fits: says(/certificate|handshake|corrupt message|\btls\b/i),
    text: "offers no secure connection that can be trusted",
    todo: "is it a plain-HTTP port (http:// is for loopback alone), a network that opens " +
      "connections on the way (leave it), or is this machine's date wrong?",
  },
  {
    fits: ({ status }) => status === 403,
    text: "refuses this machine",
    todo: "it is not the key: a firewall stands in front, or a block of your region or VPN; see " +
      "whether Backpack serves the place that you connect from",
  },
  {
    fits: ({ code }) => code === "rate_limited",
    text: "is asked too often from here",
    todo: "wait a minute, and end what else asks from this address or with this account",
  },
  {
    fits: ({ status }) => (status ?? 0) >= 500,
    text: "is in trouble",
    todo: "look at the exchange's own status page, and try again later",
  },
  {
    fits: ({ code }) => code === "bad_reply",
    text: "was not what answered",
    todo: "something on the way answered in its place (a proxy, a portal, a firewall): " + LOOK,
  },
];

/** The exchange's texts: API digest, section 7. */
const REFUSED_KEY: readonly Rule[] = [
  {
    fits: ({ exchangeCode }) => exchangeCode === "FORBIDDEN",
    text: "knows the key and forbids it to read the account",
    todo: "look at the key's permissions on Backpack (Settings, API keys), or make a new one",
  },
  {
    fits: ({ exchangeCode }) => exchangeCode === "UNAUTHORIZED",
    text: "does not know the key",
    todo:
      "see on Backpack (Settings, API keys) whether it is listed there: it may be deleted, or " +
      "its public key was never pasted",
  },
];

/** Why not even a public question was answered. */
export function causeOf(error: DeskError): Cause {
  const other = { text: "does not answer as it should", todo: error.hint };
  return UNREACHED.find((rule) => rule.fits(error)) ?? other;
}

/** Why a signed question was not answered, though a public one was. */
export function keyCauseOf(error: DeskError): Cause {
  const other = { text: "does not accept the key", todo: error.hint };
  const rules = error.code === "auth" ? REFUSED_KEY : UNREACHED;
  return rules.find((rule) => rule.fits(error)) ?? other;
}

function says(pattern: RegExp): Rule["fits"] {
  return ({ message }) => pattern.test(message);
}
