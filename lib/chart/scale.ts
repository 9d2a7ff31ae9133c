/**
 * From values to pixels, and the round values that an axis names. The one place where a price or
 * a size becomes a `number`, to be drawn and nothing else.
 *
 * @module
 */

/** A decimal as text, as a place on an axis. */
export function place(decimal: string): number {
  return Number(decimal);
}

/** Maps `[min, max]` to the pixels from `from` to `to`. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  /** The pixel of a value. */
  at(value: number): number;
}

/** A linear scale; a range without extent is widened. */
export function scaleOf(min: number, max: number, from: number, to: number): Scale {
  const slack = max > min ? 0 : Math.abs(max) * 0.01 || 1;
  const [low, high] = [min - slack, max + slack];
  return {
    min: low,
    max: high,
    at: (value) => from + (value - low) / (high - low) * (to - from),
  };
}

/** A named place on an axis. */
export interface Tick {
  readonly value: number;
  /** The value with the decimals that its neighbours need. */
  readonly label: string;
}

/** About `count` round values in the scale's range, all written with the same number of decimals. */
export function ticksOf({ min, max }: Scale, count: number): Tick[] {
  const rough = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * 0.75) ??
    rough;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks: Tick[] = [];
  for (let index = Math.ceil(min / step); index * step <= max; index++) {
    ticks.push({ value: index * step, label: (index * step).toFixed(Math.min(decimals, 20)) });
  }
  return ticks;
}

/** A size in few characters, such as `12.3K`. */
export function shortSize(value: number): string {
  const [, suffix, unit] = UNITS.find(([least]) => value >= least) ?? [0, "", 1] as const;
  const size = value / unit;
  return Number(size.toPrecision(3)).toString() + suffix;
}

const UNITS = [[1e12, "T", 1e12], [1e9, "B", 1e9], [1e6, "M", 1e6], [1e4, "K", 1e3]] as const;
