/**
 * A version's section of `CHANGELOG.md`, which is what its release says of itself.
 *
 * @module
 */

/**
 * The section's text without its heading, a newline at its end; throws a `RangeError` where the
 * version has no section, or an empty one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const changelog = "# Changelog\n\n## [1.1.0] - 2026-01-02\n\n- New.\n\n## [1.0.0] - 2026-01-01\n\n- Old.\n";
 * assertEquals(sectionOf(changelog, "1.1.0"), "- New.\n");
 * ```
 */
export function sectionOf(changelog: string, version: string): string {
  const lines = changelog.split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith(`## [${version}]`));
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith("## ["));
  const text = rest.slice(0, end < 0 ? undefined : end).join("\n").trim();
  if (start >= 0 && text !== "") return `${text}\n`;
  const heading = `## [${version}] - YYYY-MM-DD`;
  throw new RangeError(`CHANGELOG.md says nothing of ${version}: write its section "${heading}"`);
}
