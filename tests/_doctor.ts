/**
 * `doctor` over broken set-ups: a row for each, the line that names the cause, and what to do.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Journal } from "../lib/journal/mod.ts";
import { Person, type PersonOptions } from "./_cli.ts";
import { OTHER, PUBLIC, SEED, USER } from "./_config.ts";
import { json, MEMORY, START_MS } from "./_helpers.ts";
import type { Route } from "./_routes.ts";

/** An environment with a key, and nothing else. */
export const KEY = { BACKPACK_PRIVATE_KEY: SEED };

const ACCOUNT: Record<string, Route> = { "GET /api/v1/account": () => json({ autoLend: false }) };

/** A person whose set-up is in order but for `options`. */
export function sound(options: PersonOptions = {}): Person {
  const journal = Journal.open(MEMORY, () => START_MS);
  return new Person({ env: KEY, journal, ...options, routes: { ...ACCOUNT, ...options.routes } });
}

/** Settings from the user's file alone. */
export function file(text: string): PersonOptions {
  return { env: {}, sources: { userFile: { path: USER, text } } };
}

/** A broken set-up. */
export interface Broken {
  name: string;
  given: PersonOptions;
  /** How the line that names the cause begins. */
  line: string;
  /** In the line below it. */
  todo: string;
  /** It works all the same, and doctor does not end with 1. */
  isWarning?: true;
  prepare?: (person: Person) => void;
}

/** A test for each row: the cause, what to do, the exit code; no effect and no secret leaves. */
export function testDoctor(rows: readonly Broken[]): void {
  for (const row of rows) {
    Deno.test(`doctor names what is broken and what to do: ${row.name}`, () => examine(row));
  }
}

async function examine({ given, line, todo, isWarning, prepare }: Broken): Promise<void> {
  const person = sound(given);
  prepare?.(person);
  const { code, stdout, stderr } = await person.run("doctor");
  const lines = stdout.split("\n");
  const at = lines.findIndex((text) => text.startsWith(line));
  assert(at >= 0, stdout);
  assertStringIncludes(lines[at + 1] ?? "", todo);
  assertEquals(code, isWarning ? 0 : 1);
  assertEquals(person.exchange.effects(), []);
  for (const secret of [SEED, OTHER, PUBLIC]) assert(!(stdout + stderr).includes(secret));
}
