/**
 * The systems that a release is built for, by the names that Deno, a person and the bundle's
 * format have for them.
 *
 * @module
 */

/** One system. */
export interface Target {
  /** As `deno compile --target` wants it. */
  readonly triple: string;
  /** In file names. */
  readonly name: string;
  /** In a bundle's manifest. */
  readonly platform: "darwin" | "linux" | "win32";
  /** Of the executable. */
  readonly suffix: "" | ".exe";
}

/** All of them. */
export const TARGETS: readonly Target[] = [
  { triple: "x86_64-unknown-linux-gnu", name: "linux-x64", platform: "linux", suffix: "" },
  { triple: "aarch64-unknown-linux-gnu", name: "linux-arm64", platform: "linux", suffix: "" },
  { triple: "x86_64-apple-darwin", name: "macos-x64", platform: "darwin", suffix: "" },
  { triple: "aarch64-apple-darwin", name: "macos-arm64", platform: "darwin", suffix: "" },
  { triple: "x86_64-pc-windows-msvc", name: "windows-x64", platform: "win32", suffix: ".exe" },
];

/** The target of that triple; throws a `RangeError` that names those there are. */
export function targetOf(triple: string): Target {
  const target = TARGETS.find((target) => target.triple === triple);
  if (target !== undefined) return target;
  const names = TARGETS.map(({ triple }) => triple).join(", ");
  throw new RangeError(`no releases for ${triple}; there are: ${names}`);
}

/** What the release calls the executable for that system. */
export function executableName({ name, suffix }: Target, version: string): string {
  return `backpack-mcp-${version}-${name}${suffix}`;
}

/** What the release calls the bundle for that system. */
export function bundleName({ name }: Target, version: string): string {
  return `backpack-mcp-${version}-${name}.mcpb`;
}
