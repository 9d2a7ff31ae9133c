/**
 * `deno task picture`: runs the demo and draws what it printed as a terminal, for the README,
 * unless it is there already. What follows `--` is what Deno needs to run the demo. Ends with 1 if
 * the demo does not go well.
 *
 * @module
 */

const PATH = new URL("../.github/demo.svg", import.meta.url);

/** Pixels. */
const SIZE = { line: 19, text: 13, column: 7.83, margin: 18, bar: 34 } as const;
/** Of a line; the demo keeps within them. */
const COLUMNS = 112;

const COLOURS = {
  ground: "#0f1419",
  bar: "#1b232c",
  title: "#e6edf3",
  call: "#8b98a5",
  good: "#5ec27a",
  refused: "#e8b84a",
  wrong: "#f0655b",
  text: "#c5d0da",
  buttons: ["#f0655b", "#e8b84a", "#5ec27a"],
} as const;

/** What a line of the demo is, by how it begins. */
const KINDS: readonly (readonly [pattern: RegExp, colour: string, weight: string])[] = [
  [/^\d+\. /, COLOURS.title, "600"],
  [/^ {2}ok: /, COLOURS.good, "400"],
  [/^ {2}refused: /, COLOURS.refused, "400"],
  [/^ {2}WRONG: /, COLOURS.wrong, "600"],
  [/^ {2}[a-z_:]+/, COLOURS.call, "400"],
  [/^ {6}/, COLOURS.text, "400"],
  [/^/, COLOURS.title, "600"],
];

/** What the demo printed, as an SVG; the same text gives the same bytes. */
export function pictureOf(output: string): string {
  const lines = output.trimEnd().split("\n");
  const width = Math.round(COLUMNS * SIZE.column + 2 * SIZE.margin);
  const height = SIZE.bar + lines.length * SIZE.line + 2 * SIZE.margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img" aria-label="What deno task demo prints">`,
    `<rect width="${width}" height="${height}" rx="9" fill="${COLOURS.ground}"/>`,
    `<path d="M0 ${SIZE.bar}V9a9 9 0 0 1 9-9h${width - 18}a9 9 0 0 1 9 9v${SIZE.bar - 9}z" ` +
    `fill="${COLOURS.bar}"/>`,
    ...COLOURS.buttons.map((fill, index) =>
      `<circle cx="${20 + 18 * index}" cy="${SIZE.bar / 2}" r="5.5" fill="${fill}"/>`
    ),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" ` +
    `font-size="${SIZE.text}">`,
    ...lines.map(textOf),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function textOf(line: string, index: number): string {
  const [, colour, weight] = KINDS.find(([pattern]) => pattern.test(line)) ?? [];
  const shown = line.length <= COLUMNS ? line : `${line.slice(0, COLUMNS - 1)}…`;
  // Viewers differ in what they do with blanks.
  const indent = line.length - line.trimStart().length;
  const x = SIZE.margin + indent * SIZE.column;
  const y = SIZE.bar + SIZE.margin + (index + 0.75) * SIZE.line;
  return `<text x="${x}" y="${y}" fill="${colour}" font-weight="${weight}">` +
    `${escaped(shown.trimStart())}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

async function main(): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), {
    args: Deno.args.slice(Deno.args.indexOf("--") + 1),
    stdin: "null",
    stderr: "inherit",
  });
  const { success, stdout } = await command.output();
  if (!success) return 1;
  const drawn = pictureOf(new TextDecoder().decode(stdout));
  const there = await Deno.readTextFile(PATH).catch(() => "");
  if (withoutTimes(drawn) !== withoutTimes(there)) await Deno.writeTextFile(PATH, drawn);
  return 0;
}

/** Two runs differ in how long things took and when, and that makes no new picture. */
function withoutTimes(picture: string): string {
  return picture.replaceAll(/\d+ (ms|bytes)/g, "$1");
}

if (import.meta.main) Deno.exit(await main());
