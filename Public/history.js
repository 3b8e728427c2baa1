import { isSameStream, offsetOf } from "./feed.js";

/** How many messages one who comes anew is shown, and one who comes back at most. */
const mostOld = 100;
const mostMissed = 1000;
const mostPages = 20;
const mostTries = 4;
const againAfter = 1_000;

/** A place where messages are gone for good. */
const gone = { gap: null };

/**
 * What a reader of a channel has to be shown before it goes on: messages after `since`, or the newest ones, and
 * `{gap}` where some are missing, since `lostAt` if the channel keeps no history.
 *
 * @param age "old" for what was said before one came: of that nothing is missed.
 */
export async function catchUp(connection, channel, since, age, lostAt) {
  if (age === "old") return newest(connection, channel, mostOld);
  return await missed(connection, channel, since) ?? [{ gap: lostAt }];
}

/** Null if the channel has no history. */
async function missed(connection, channel, since) {
  const frames = [];
  for (let page = 0; page < mostPages; page += 1) {
    const reply = await ask(connection, { type: "history", channel, since, limit: mostMissed });
    if (reply?.code === "not_found") return null;
    if (reply?.type !== "history") break;
    const { messages, complete, id } = reply;
    if (since && !isSameStream(id, since)) {
      // All that is left is of another stream.
      return [...frames, gone, ...await newest(connection, channel, mostMissed)];
    }
    const isWhole = complete || (since && offsetOf(messages[0]?.id) === offsetOf(since) + 1);
    if (!isWhole) frames.push(gone);
    frames.push(...messages);
    frames.splice(0, frames.length - mostMissed);
    const last = messages.at(-1)?.id;
    if (complete || !since || last === id) return frames;
    if (!last) break;
    since = last;
  }
  return [...frames, gone];
}

async function newest(connection, channel, limit) {
  const reply = await ask(connection, { type: "history", channel, limit });
  return reply?.messages ?? [];
}

/** Asks again for a while if the server is busy. */
async function ask(connection, frame) {
  for (let tries = 1; ; tries += 1) {
    const reply = await connection.request(frame);
    if (!["unavailable", "overloaded"].includes(reply?.code) || tries === mostTries) return reply;
    await new Promise((resolve) => setTimeout(resolve, againAfter * tries));
  }
}
