/**
 * The end of waiting: what is run for hours must say what it waited for in vain, not stand still.
 *
 * @module
 */

/** What the promise becomes; rejects, and says what did not come, after `limitMs`. */
export async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const words = `${what}: nothing within ${limitMs / 1000} s`;
  const timer = setTimeout(() => late.reject(new Error(words)), limitMs);
  return await Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}
