import { Log } from "./log.js";
import { isAfter } from "./message.js";

/** The most lines that a channel shows; what is pending does not count. */
export const mostShown = 1000;

/** A channel that the reader has joined. What comes waits for `show()`: a channel can be faster than a screen. */
export class Room {
  log = new Log();
  /** `joining`, `joined`, or `refused`, and then `problem` says why. */
  state = "joining";
  problem = "";
  unread = 0;
  /** The `ref` of the latest subscribe command. */
  ref = null;
  /** Since when messages may be missing (milliseconds since 1970), or null. */
  lostAt = null;
  /** The id of the last message that came, or null. */
  position = null;
  /** The `ref` of a history command that is not answered, or null: what comes meanwhile stands behind the answer. */
  pastRef = null;

  #arrivals = [];
  #pastFrom = null;

  constructor(name) {
    this.name = name;
  }

  /** Takes a message in; of a flood, no more than would be shown. One's own are not let go. */
  receive(message) {
    this.#arrivals.push(message);
    this.position = message.id ?? this.position;
    if (this.#arrivals.length <= mostShown) return;
    this.#arrivals.splice(this.#arrivals.findIndex(({ key }) => !this.log.pending(key)), 1);
  }

  /** What was said before is being asked for, with this `ref`. */
  awaitPast(ref) {
    this.pastRef = ref;
    this.#pastFrom = this.position;
  }

  /** Takes in what was said before, or that it is not to be had. Of a channel just joined, it is no news. */
  recall(messages = []) {
    this.pastRef = null;
    const known = new Set(this.#arrivals.map(({ id }) => id));
    const isOld = this.#pastFrom === null;
    const past = messages.filter(({ id }) => id && !known.has(id) && isAfter(id, this.#pastFrom));
    this.#arrivals.unshift(...past.map((message) => ({ ...message, isOld })));
    this.position ??= past.at(-1)?.id ?? null;
  }

  /** Shows what came; returns how many messages were news. */
  show() {
    if (this.pastRef !== null) return 0;
    const news = this.#arrivals.filter((message) => this.log.receive(message) && !message.isOld).length;
    this.#arrivals = [];
    this.unread += news;
    return news;
  }
}
