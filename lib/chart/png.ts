/**
 * A canvas as a PNG file. The encoder is loaded by the first chart that is asked for, and by
 * nothing else.
 *
 * @module
 */

import type { Canvas } from "./canvas.ts";

/** The picture as a PNG with a palette, as a member of an answer; none without a canvas. */
export async function pictureOf(canvas: Canvas | undefined): Promise<{ image?: Uint8Array }> {
  if (canvas === undefined) return {};
  const { width, height, pixels, palette } = canvas;
  const { encode } = await import("fast-png");
  const image = { width, height, data: pixels, depth: 8 as const, channels: 1, palette };
  return { image: encode(image, { zlib: { level: 9 } }) };
}
