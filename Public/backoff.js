/** Milliseconds to wait after so many failures: with full jitter, a crowd that lost its server comes back spread. */
export function backoff(failures, base = 1000, cap = 30_000) {
  return Math.random() * Math.min(cap, base * 2 ** failures);
}
