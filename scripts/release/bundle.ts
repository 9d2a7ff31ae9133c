/**
 * The MCP bundle of one system: the executable and its manifest, packed by the format's own tool.
 *
 * @module
 */

import denoJson from "../../deno.json" with { type: "json" };
import tools from "../../tests/testdata/tools.json" with { type: "json" };
import { manifestOf } from "./manifest.ts";
import { bundleName, executableName, type Target } from "./targets.ts";
import { mcpb } from "./tool.ts";

/** What {@linkcode bundle} works on. */
export interface BundleOptions {
  readonly target: Target;
  /** The executable that goes into it. */
  readonly executable: string;
  /** Where both files of the release are written; the folder is there. */
  readonly folder: string;
}

/** Writes the executable and the bundle under their names in the release; resolves to both paths. */
export async function bundle(options: BundleOptions): Promise<readonly [string, string]> {
  const { target, executable, folder } = options;
  const paths = [
    `${folder}/${executableName(target, denoJson.version)}`,
    `${folder}/${bundleName(target, denoJson.version)}`,
  ] as const;
  const contents = await Deno.makeTempDir({ dir: folder, prefix: "contents-" });
  try {
    const manifest = manifestOf(target, tools);
    await Deno.mkdir(`${contents}/server`);
    await Deno.copyFile(executable, `${contents}/${manifest.server.entry_point}`);
    await Deno.writeTextFile(`${contents}/manifest.json`, JSON.stringify(manifest, null, 2));
    await mcpb(["validate", `${contents}/manifest.json`], []);
    await mcpb(["pack", contents, paths[1]], [folder]);
    await Deno.copyFile(executable, paths[0]);
  } finally {
    await Deno.remove(contents, { recursive: true });
  }
  return paths;
}
