import { make } from "./dom.js";

const address = /\bhttps?:\/\/[^\s<>"]+/giu;
const longestAddress = 2048;
const closers = { ")": "(", "]": "[", "}": "{" };

/**
 * Message text as nodes: text nodes, and links for http and https addresses. Nothing else in a message is ever
 * more than text.
 */
export function renderText(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    if (match[0].length > longestAddress) continue;
    const shown = withoutTail(match[0]);
    const link = safeLink(shown);
    if (!link) continue;
    if (match.index > end) nodes.push(text.slice(end, match.index));
    nodes.push(link);
    end = match.index + shown.length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

/** The address without the punctuation of the sentence around it; a bracket stays if it was opened inside. */
function withoutTail(found) {
  const counts = new Map();
  for (const character of found) counts.set(character, (counts.get(character) ?? 0) + 1);
  let length = found.length;
  while (length > 0) {
    const last = found[length - 1];
    const opener = closers[last];
    const closesMore = opener && counts.get(last) > (counts.get(opener) ?? 0);
    if (!closesMore && !/[.,;:!?'’”»*_]/u.test(last)) break;
    counts.set(last, counts.get(last) - 1);
    length -= 1;
  }
  return found.slice(0, length);
}

function safeLink(shown) {
  let url;
  try {
    url = new URL(shown);
  } catch {
    return null;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  // `https://bank.example@evil.example/` leads elsewhere than it seems to: leave it as text.
  if (url.username !== "" || url.password !== "") return null;
  return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" }, shown);
}
