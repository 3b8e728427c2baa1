import { Feed } from "./feed.js";
import { Log } from "./log.js";
import { readMessage } from "./message.js";

/** Lines that a channel shows, besides what is pending. */
export const mostShown = 1000;

/** A channel one has joined. What comes waits for `show()`: it can be faster than a screen. */
export class Room extends Feed {
  log = new Log();
  unread = 0;
  onArrival = () => {};

  #arrivals = [];

  onMessage(frame, age) {
    this.#receive({ ...readMessage(frame), age });
  }

  onGap(since) {
    this.#receive({ gap: { since, until: Date.now() } });
  }

  /** Returns how many messages were news. */
  show() {
    const news = this.#arrivals.filter((arrival) => this.log.receive(arrival)).length;
    this.#arrivals = [];
    this.unread += news;
    return news;
  }

  /** Of a flood, no more is kept than would be shown, but all of one's own. */
  #receive(arrival) {
    this.#arrivals.push(arrival);
    if (this.#arrivals.length > mostShown) {
      this.#arrivals.splice(this.#arrivals.findIndex(({ key }) => !this.log.pending(key)), 1);
    }
    this.onArrival(arrival);
  }
}
