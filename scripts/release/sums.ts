/**
 * SHA-256 sums in the form that `sha256sum --check` reads.
 *
 * @module
 */

/** A file of a release. */
export interface ReleaseFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The sum, 64 hexadecimal digits. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** A line for each file. */
export async function sumsOf(files: readonly ReleaseFile[]): Promise<string> {
  const lines = files.map(async ({ name, bytes }) => `${await sha256Of(bytes)}  ${name}\n`);
  return (await Promise.all(lines)).join("");
}
