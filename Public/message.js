const encoder = new TextEncoder();

/** An id as a server gives it: the place in the channel’s history, and which history. */
const idForm = /^[1-9]\d{0,18}-[0-9a-z]{1,15}$/i;

/** A nickname as it may be shown: one line, trimmed, at most 40 characters; "" where nothing is left of it. */
export function tidyNick(nick) {
  return [...nick.replace(/[\s\p{Cc}]+/gu, " ").trim()].slice(0, 40).join("").trim();
}

/**
 * What the page shows of a `message` frame. Whoever can publish decides what is in one, so nothing is taken
 * for granted: any JSON value is a message.
 *
 * @returns `{channel, id, key, sender, text, kind, event, time}`: `id` is null where the channel has no history, `key`
 *   names one of the page's own messages (or is null), `sender` is null where nobody signed, `kind` is "text", "json" or "binary", `time` a valid Date.
 */
export function readMessage(frame, now = Date.now()) {
  const { data } = frame;
  const object = data !== null && typeof data === "object" && !Array.isArray(data) ? data : null;
  const said = typeof object?.text === "string";
  return {
    channel: frame.channel,
    id: typeof frame.id === "string" && idForm.test(frame.id) ? frame.id : null,
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

/** Whether the message `id` comes after `position` in a channel's history; all of another history does. */
export function isAfter(id, position) {
  const [offset, epoch] = id.split("-");
  const [reached, known] = (position ?? "").split("-");
  return epoch !== known || BigInt(offset) > BigInt(reached);
}

/** The frame that publishes one line of the outbox; its key is the `ref`, so a late answer still finds it. */
export function publishFrame({ channel, nick, text, key }) {
  return { type: "publish", channel, data: { nick, text, key }, ref: key };
}

/** The size in bytes of a frame on the wire. */
export function frameSize(frame) {
  return encoder.encode(JSON.stringify(frame)).length;
}
