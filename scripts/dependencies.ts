/**
 * The tree of dependencies, read off the lock files, as `SECURITY.md` lists it between its markers.
 * Run as a program it writes the list there; the tests hold the two together.
 *
 * @module
 */

/** A lock file, as far as it is looked at here. */
export interface Lock {
  /** What was asked for, such as `npm:zod@4.6.7`. */
  readonly specifiers: Readonly<Record<string, string>>;
  /** Every package of the tree; the key may name its peers behind an underscore. */
  readonly npm: Readonly<Record<string, LockedPackage>>;
}

/** One package of a {@linkcode Lock}. */
export interface LockedPackage {
  /** The hash that Deno holds the download against. */
  readonly integrity?: string;
  /** Names, with a version where there is more than one. */
  readonly dependencies?: readonly string[];
  /** Whether it wants to run something when it is installed. */
  readonly scripts?: boolean;
  /** Whether whoever keeps it has given it up. */
  readonly deprecated?: boolean;
}

/** The locks of the project, by what they are for. */
export const LOCKS: Readonly<Record<string, string>> = {
  "The program and its tests": "scripts/npm_only.lock",
  "The tool that packs bundles": "scripts/release/tools.lock",
};

/** Markers around the list in `SECURITY.md`. */
export const MARKERS = ["<!-- tree: deno task dependencies -->", "<!-- end of tree -->"] as const;

/** `name@version` of every package, without its peers. */
export function packagesOf({ npm }: Lock): string[] {
  return [...new Set(Object.keys(npm).map(withoutPeers))].sort();
}

/** What was asked for, as `name@version`. */
export function rootsOf({ specifiers }: Lock): string[] {
  return Object.keys(specifiers).map((specifier) => specifier.replace(/^npm:/, "")).sort();
}

/** Everything that a package brings along, whatever else brings it too. */
export function broughtBy(root: string, { npm }: Lock): string[] {
  const keys = Object.keys(npm);
  const find = (wanted: string): string =>
    keys.find((key) => withoutPeers(key) === wanted || nameOf(key) === wanted) ?? wanted;
  const found = new Set<string>();
  const visit = (key: string): void => {
    for (const dependency of npm[key]?.dependencies ?? []) {
      const next = find(dependency);
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(find(root));
  return [...found].map(withoutPeers).sort();
}

/** The list for those locks, by what they are for. */
export function listOf(locks: Readonly<Record<string, Lock>>): string {
  const blocks = Object.entries(locks).flatMap(([purpose, lock]) => [
    `**${purpose}**: ${packagesOf(lock).length} packages.`,
    ...rootsOf(lock).map((root) => {
      const brought = broughtBy(root, lock).map((name) => `\`${name}\``).join(", ");
      return `- \`${root}\`${brought === "" ? "" : ` brings ${brought}`}`;
    }),
  ]);
  return blocks.join("\n").replaceAll("\n**", "\n\n**").replaceAll(".\n-", ".\n\n-");
}

function withoutPeers(key: string): string {
  return key.replace(/_.*$/, "");
}

function nameOf(key: string): string {
  return withoutPeers(key).replace(/(?!^)@.*$/, "");
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  const locks = Object.entries(LOCKS).map(([purpose, path]) =>
    [purpose, JSON.parse(Deno.readTextFileSync(new URL(path, root)))] as const
  );
  const path = new URL("SECURITY.md", root);
  const [before = "", rest = ""] = Deno.readTextFileSync(path).split(MARKERS[0]);
  const [, after = ""] = rest.split(MARKERS[1]);
  const list = listOf(Object.fromEntries(locks));
  Deno.writeTextFileSync(path, `${before}${MARKERS[0]}\n\n${list}\n\n${MARKERS[1]}${after}`);
}
