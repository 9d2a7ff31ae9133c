import { assertEquals } from "@std/assert";
import { DeskError } from "../lib/errors.ts";

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
