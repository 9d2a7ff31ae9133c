import { assertEquals } from "@std/assert";
import { parse } from "@std/dotenv";
import { parse as otherParse } from "dotenv";
import { readEnvText } from "../lib/env_file.ts";

/** Variables and problems, without the places. */
function read(text: string): { values: Record<string, string>; problems: string[] } {
  const { entries, problems } = readEnvText(text, ".env");
  const values = Object.fromEntries(entries.map(({ name, value }) => [name, value]));
  return { values, problems: problems.map(({ variable, message }) => `${variable}: ${message}`) };
}

Deno.test("readEnvText() reads our variables and says where they stand", () => {
  const text = "PORT=80\n\n# BACKPACK_MODE=live\nBACKPACK_MODE=paper\nBACKPACK_LOG=debug\n";
  assertEquals(readEnvText(text, "/home/ada/.env"), {
    entries: [
      { name: "BACKPACK_MODE", value: "paper", where: "/home/ada/.env, line 4" },
      { name: "BACKPACK_LOG", value: "debug", where: "/home/ada/.env, line 5" },
    ],
    problems: [],
    suspects: [],
  });
});

const VALUES: [line: string, value: string][] = [
  ["BACKPACK_X=a", "a"],
  ["BACKPACK_X = a ", "a"],
  ["BACKPACK_X=\ta\t", "a"],
  ["BACKPACK_X=", ""],
  ["BACKPACK_X=   ", ""],
  ['BACKPACK_X=""', ""],
  ["BACKPACK_X=''", ""],
  ["BACKPACK_X= # nothing", ""],
  ["BACKPACK_X=a b", "a b"],
  ["BACKPACK_X=a=b==", "a=b=="],
  ["BACKPACK_X=a # it's $HOME", "a"],
  ["BACKPACK_X=a\t# c", "a"],
  ['BACKPACK_X="a b"', "a b"],
  ['BACKPACK_X=  "a" # c "d"', "a"],
  ["BACKPACK_X=' a '", "a"],
  ["BACKPACK_X='a#b'", "a#b"],
  ["BACKPACK_X='$a`b'", "$a`b"],
  ['BACKPACK_X="$a`b"', "$a`b"],
  [`BACKPACK_X='a"b'`, 'a"b'],
  [`BACKPACK_X="it's"`, "it's"],
  ["BACKPACK_X=+/9AZaz==", "+/9AZaz=="],
];

Deno.test("readEnvText() reads what all parsers read alike", () => {
  for (const [line, value] of VALUES) {
    assertEquals(read(line), { values: { BACKPACK_X: value }, problems: [] }, line);
    // The parser itself, given the line untouched, agrees: nothing was prepared differently.
    assertEquals(parse(line)["BACKPACK_X"]?.trim(), value, line);
    assertEquals(otherParse(line)["BACKPACK_X"]?.trim(), value, line);
  }
});

Deno.test("readEnvText() takes a byte-order mark and any line ends", () => {
  const values = { BACKPACK_A: "1", BACKPACK_B: "2", BACKPACK_C: "3" };
  for (const end of ["\n", "\r\n", "\r", "\u2028", "\u2029"]) {
    const text = ["\ufeffBACKPACK_A=1", "BACKPACK_B='2'", "BACKPACK_C=3 # c", ""].join(end);
    assertEquals(read(text), { values, problems: [] }, JSON.stringify(end));
  }
});

const HASH = 'put a value that holds "#" in single quotes';
const DOLLAR = "put a value that holds $ or a back-tick in single quotes";
const QUOTES = "put quotes around the whole value or nowhere";
const CLOSE = "close the quotes on the same line: a value has one line";
const AFTER = 'nothing but a blank and a "# comment" may follow the closing quote';
const BACKSLASH = "write the value without a backslash";
const ASCII = "write the value in plain ASCII characters";

const FAULTS: [line: string, fault: string][] = [
  ["BACKPACK_X=a#b", HASH],
  ["BACKPACK_X=#b", HASH],
  ["BACKPACK_X=a#b # c", HASH],
  ["BACKPACK_X=$HOME", DOLLAR],
  ["BACKPACK_X=a${HOME}b", DOLLAR],
  ["BACKPACK_X=`id`", DOLLAR],
  ['BACKPACK_X=a"b', QUOTES],
  ["BACKPACK_X=a'b'", QUOTES],
  ['BACKPACK_X="a', CLOSE],
  ["BACKPACK_X='a", CLOSE],
  ["BACKPACK_X='a\"", CLOSE],
  ['BACKPACK_X="', CLOSE],
  ['BACKPACK_X="a"b', AFTER],
  ['BACKPACK_X="a"#b', AFTER],
  ['BACKPACK_X="a""b"', AFTER],
  ['BACKPACK_X="a\\nb"', BACKSLASH],
  ['BACKPACK_X="a\\"', BACKSLASH],
  ["BACKPACK_X='a\\b'", BACKSLASH],
  ["BACKPACK_X=a\\b", BACKSLASH],
  ["BACKPACK_X=“a”", ASCII],
  ["BACKPACK_X=a\u00a0b", ASCII],
  ["BACKPACK_X=a\u001bb", ASCII],
];

Deno.test("readEnvText() refuses what two parsers may read differently", () => {
  for (const [line, fault] of FAULTS) {
    const problems = [`BACKPACK_X: ${fault} (.env, line 2)`];
    assertEquals(read(`\n${line}`), { values: {}, problems }, line);
  }
});

Deno.test("readEnvText() gives no line to the parser beyond the one that it judged", () => {
  const text = 'BACKPACK_A="1\nBACKPACK_B=2\nrest"';
  assertEquals(read(text), {
    values: { BACKPACK_B: "2" },
    problems: [`BACKPACK_A: ${CLOSE} (.env, line 1)`],
  });
});

const STRAY = "begin the line with the name and write NAME=value, with nothing before the name";

const STRAYS: [line: string, variable: string][] = [
  ["export BACKPACK_MODE=paper", "BACKPACK_MODE"],
  [" BACKPACK_MODE=paper", "BACKPACK_MODE"],
  ["\u00a0BACKPACK_MODE=paper", "BACKPACK_MODE"],
  ["set BACKPACK_MODE=paper", "BACKPACK_MODE"],
  ["$env:BACKPACK_MODE='paper'", "BACKPACK_MODE"],
  ["'BACKPACK_MODE'=paper", "BACKPACK_MODE…"],
  ["BACKPACK_MODE", "BACKPACK_MODE"],
  ["BACKPACK_MODE: paper", "BACKPACK_MODE"],
  ["BACKPACK_MODE paper", "BACKPACK_MODE"],
  ["BACKPACK_API-KEY=a", "BACKPACK_…"],
  ["backpack_mode=paper", "backpack_mode"],
  ["FOO=1; x BACKPACK_MODE", ""],
  ["FOO=BACKPACK_MODE", ""],
  ["FOO_BACKPACK_MODE=paper", ""],
  ["  # export BACKPACK_MODE=paper", ""],
  ["BACKPACKER=1", ""],
];

Deno.test("readEnvText() overlooks no line that was meant for us, and leaves the others", () => {
  for (const [line, variable] of STRAYS) {
    const problems = variable === "" ? [] : [`${variable}: ${STRAY} (.env, line 1)`];
    assertEquals(read(line), { values: {}, problems }, line);
  }
});

Deno.test("readEnvText() notices a slip in the prefix", () => {
  for (const name of ["BACKPCK_MODE", "BACKPACKMODE", "BACPKACK_MODE", "Backpak_Mode"]) {
    const [problem] = readEnvText(`${name}=paper`, ".env").problems;
    assertEquals(
      problem?.message,
      "is not a known name: did you mean BACKPACK_MODE? (.env, line 1)",
      name,
    );
  }
});

Deno.test("readEnvText() takes a repeated line and refuses a contradiction", () => {
  const values = { BACKPACK_X: "a" };
  assertEquals(read("BACKPACK_X=a\nBACKPACK_X='a'"), { values, problems: [] });
  const message =
    "is set twice with different values: keep one (.env, line 1, and again at line 2)";
  assertEquals(read("BACKPACK_X=a\nBACKPACK_X=b"), {
    values,
    problems: [`BACKPACK_X: ${message}`],
  });
  assertEquals(read("BACKPACK_X=a\nBACKPACK_X=").problems, [`BACKPACK_X: ${message}`]);
});

Deno.test("readEnvText() refuses a file that is not text", () => {
  const text = [..."BACKPACK_MODE=live"].join("\0");
  assertEquals(read(text), { values: {}, problems: [".env: is not plain text: save it as UTF-8"] });
});

Deno.test("readEnvText() keeps what it refused as a suspect, for redaction", () => {
  const seed = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  for (const line of [`export BACKPACK_X=${seed}`, `BACKPACK_X="${seed}`, `BACKPACK_X ${seed}`]) {
    assertEquals(readEnvText(line, ".env").suspects.includes(seed), true, line);
  }
  const glued = readEnvText(`BACKPACK_X=${seed}#main`, ".env").suspects;
  assertEquals(glued.includes(seed), true);
  // A name among them would take the variable out of the very text that names it.
  assertEquals(readEnvText("export BACKPACK_PRIVATE_KEY=", ".env").suspects, []);
});
