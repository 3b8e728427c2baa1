/**
 * How long to wait, in milliseconds, after failure number `failures` (0 is the first): exponential, with full
 * jitter, so that a crowd that lost its server at one moment comes back spread over the whole window.
 */
export function backoff(failures, base = 1000, cap = 30_000) {
  return Math.random() * Math.min(cap, base * 2 ** failures);
}
