export const defaultChannel = "chat";

/** What is wrong with a channel's name, by the server's rules, or "". */
export function channelProblem(name) {
  if (name === "") return "A channel needs a name, for example “news”.";
  if (new TextEncoder().encode(name).length > 255) return "That name is too long: at most 255 bytes.";
  if (/\p{Cc}/u.test(name)) return "A channel’s name cannot contain control characters.";
  if (name.startsWith("roost:")) return "Names with “roost:” in front are the server’s.";
  return "";
}

/** The channel that `#room` names, percent-encoded or not; "" for none. */
export function channelFromHash(hash) {
  const raw = hash.replace("#", "");
  try {
    return decodeURIComponent(raw);
  } catch {
    // A stray percent sign, typed by hand.
    return raw;
  }
}

/** A name as part of an address, readable where that is allowed: `room:42`. */
export function encodeChannel(name) {
  return encodeURIComponent(name.toWellFormed?.() ?? name).replaceAll("%3A", ":");
}
