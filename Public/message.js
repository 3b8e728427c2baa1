/** A nickname as it may be shown: one line of at most 40 characters, perhaps none. */
export function tidyNick(nick) {
  return [...nick.replace(/[\s\p{Cc}]+/gu, " ").trim()].slice(0, 40).join("").trim();
}

/**
 * What the page shows of a `message` frame. Nothing in one is taken for granted. `key` names an own message, or is "",
 * as is `sender` where nobody signed; `kind` is "text", "json" or "binary".
 */
export function readMessage({ data, encoding, event, from, time }) {
  const said = typeof data?.text === "string" ? data : null;
  const date = new Date(typeof time === "number" ? time : NaN);
  return {
    key: short(said?.key, 64),
    // The name the server vouches for, else the one in the message.
    sender: tidyNick(short(from)) || tidyNick(short(said?.nick)),
    event: event === "message" ? "" : short(event).slice(0, 60),
    time: Number.isNaN(date.getTime()) ? new Date() : date,
    ...body(data, encoding, said),
  };
}

/** The string, if it is one of at most that length, else "". */
const short = (string, most = 1000) => (typeof string === "string" && string.length <= most ? string : "");

function body(data, encoding, said) {
  if (encoding === "base64" && typeof data === "string") {
    const bytes = Math.floor((data.replace(/=+$/, "").length * 3) / 4);
    return { kind: "binary", text: `binary message, ${bytes.toLocaleString("en")} ${bytes === 1 ? "byte" : "bytes"}` };
  }
  const text = said ? said.text : data;
  return typeof text === "string" ? { kind: "text", text } : { kind: "json", text: JSON.stringify(data ?? null) };
}

/** What a line of the outbox is published as. */
export const contentOf = ({ nick, text, key }) => ({ nick, text, key });

/** In bytes. */
export const sizeOf = (line) => new TextEncoder().encode(JSON.stringify(line)).length;
