const encoder = new TextEncoder();

/** A nickname as it may be shown: one line of at most 40 characters, perhaps none. */
export function tidyNick(nick) {
  return [...nick.replace(/[\s\p{Cc}]+/gu, " ").trim()].slice(0, 40).join("").trim();
}

/**
 * What the page shows of a `message` frame: `{key, sender, text, kind, event, time}`. `key` names an own message, or
 * is null, as is `sender` where nobody signed; `kind` is "text", "json" or "binary". Nothing in a frame is taken for
 * granted, but that it is JSON.
 */
export function readMessage(frame, now = Date.now()) {
  const { data } = frame;
  const object = data !== null && typeof data === "object" && !Array.isArray(data) ? data : null;
  const said = typeof object?.text === "string";
  return {
    key: said && typeof object.key === "string" && object.key.length <= 64 ? object.key : null,
    sender: senderOf(frame, said ? object : null),
    ...body(frame, data, said),
    event: typeof frame.event === "string" && frame.event !== "message" ? frame.event.slice(0, 60) : null,
    time: timeOf(frame.time, now),
  };
}

/** The name the server vouches for, else the one in the message, else null. */
function senderOf(frame, said) {
  for (const name of [frame.from, said?.nick]) {
    const tidy = typeof name === "string" ? tidyNick(name) : "";
    if (tidy) return tidy;
  }
  return null;
}

function body(frame, data, said) {
  if (frame.encoding === "base64" && typeof data === "string") {
    const bytes = Math.floor((data.replace(/=+$/, "").length * 3) / 4);
    return { kind: "binary", text: `binary message, ${bytes.toLocaleString("en")} ${bytes === 1 ? "byte" : "bytes"}` };
  }
  if (said) return { kind: "text", text: data.text };
  if (typeof data === "string") return { kind: "text", text: data };
  return { kind: "json", text: JSON.stringify(data ?? null) };
}

function timeOf(time, now) {
  const date = new Date(typeof time === "number" ? time : now);
  return Number.isNaN(date.getTime()) ? new Date(now) : date;
}

/** The frame that publishes one line of the outbox. Its key is the `ref`, too; sent twice, it is published once. */
export function publishFrame({ channel, nick, text, key }) {
  return { type: "publish", channel, data: { nick, text, key }, key, ref: key };
}

/** In bytes on the wire. */
export function frameSize(frame) {
  return encoder.encode(JSON.stringify(frame)).length;
}
