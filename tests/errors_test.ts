import { assert, assertEquals } from "@std/assert";
import { DeskError, ERROR_CODES } from "../lib/errors.ts";

Deno.test("every error says what to do next, and none to place or send anything", () => {
  for (const code of ERROR_CODES) {
    const { hint } = new DeskError(code, "No").with({ message: "Not now" });
    assert(hint.length > 20, code);
    assert(
      !/\b(place|send|cancel|create)_?(it|an?|the)?\b/i.test(hint.replace("was placed", "")),
      hint,
    );
    assertEquals(new DeskError(code, "No", { hint: "This" }).hint, "This");
  }
});

Deno.test("an error of another code says what that one wants", () => {
  const [first, other] = [new DeskError("rejected", "No"), new DeskError("not_found", "No")];
  assertEquals(first.with({ code: "not_found" }).hint, other.hint);
});

Deno.test("DeskError.with() keeps what it is not told to change", () => {
  const cause = new Error("beneath");
  const error = new DeskError("rejected", "No", {
    hint: "Do this",
    outcome: "not_placed",
    exchangeCode: "INVALID_ORDER",
    status: 400,
    details: { a: 1 },
    cause,
  }).with({ code: "not_found", details: { b: 2 } });
  const { code, message, hint, outcome, exchangeCode, status, details } = error;
  assertEquals({ code, message, hint, outcome, exchangeCode, status, details }, {
    code: "not_found",
    message: "No",
    hint: "Do this",
    outcome: "not_placed",
    exchangeCode: "INVALID_ORDER",
    status: 400,
    details: { a: 1, b: 2 },
  });
  assertEquals(error.cause, cause);
});
