import { Log } from "./log.js";

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

  #arrivals = [];

  constructor(name) {
    this.name = name;
  }

  /** Takes a message in; of a flood, no more than would be shown. One's own are not let go. */
  receive(message) {
    this.#arrivals.push(message);
    if (this.#arrivals.length <= mostShown) return;
    this.#arrivals.splice(this.#arrivals.findIndex(({ key }) => !this.log.pending(key)), 1);
  }

  /** Shows what came; returns how many messages were news. */
  show() {
    const news = this.#arrivals.filter((message) => this.log.receive(message)).length;
    this.#arrivals = [];
    this.unread += news;
    return news;
  }
}
