import { assertEquals, assertThrows } from "@std/assert";
import { mutationOptionsOf } from "../scripts/mutation/options.ts";

const GUARDED = ["lib/desk"];

Deno.test("mutate tries every fault of what guards money unless told otherwise", () => {
  const { under, sample, min, flags } = mutationOptionsOf(["--", "--no-lock"], GUARDED);
  assertEquals([under, sample, min, flags], [GUARDED, Infinity, 0, ["--no-lock"]]);
  const args = ["--under", "lib/desk/halt.ts", "--sample", "5", "--min", "90"];
  const told = mutationOptionsOf(args, GUARDED);
  assertEquals([told.under, told.sample, told.min], [["lib/desk/halt.ts"], 5, 90]);
});

Deno.test("mutate says what it did not understand, and how it goes", () => {
  const unclear: Readonly<Record<string, string>> = {
    "--nonsense": "Unknown option '--nonsense'",
    "--sample many": '"many" is no number',
    "--under lib/nowhere": "lib/nowhere: no such file or folder",
    "lib/desk": "no use for lib/desk",
  };
  for (const [line, words] of Object.entries(unclear)) {
    assertThrows(
      () => mutationOptionsOf(line.split(" "), GUARDED),
      RangeError,
      `${words}\nusage: deno task mutate [--under PATH]`,
    );
  }
});
