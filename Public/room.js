import { Log } from "./log.js";
import { readMessage } from "./message.js";

/** Lines that a channel shows, besides what is pending. */
export const mostShown = 1000;
const mostOld = 100;

/** A channel one has joined. What comes waits for `show()`: it can be faster than a screen. */
export class Room {
  log = new Log();
  unread = 0;
  /** Why one is not in it. */
  problem = "";
  /** Whether older messages are still to come. */
  isBehind = true;
  onArrival = () => {};

  #arrivals = [];
  /** The id of the newest message; there is none without a history. */
  #last;
  #lostAt = null;

  constructor(name) {
    this.name = name;
  }

  subscribe(roost) {
    this.problem = "";
    const options = this.#last ? { since: this.#last } : { history: mostOld };
    roost.subscribe(this.name, (message) => this.#add(message), options);
  }

  /** What was missed has come. */
  joined({ id }) {
    this.#last ??= id;
    this.#lostAt = null;
    this.isBehind = false;
    this.problem = "";
  }

  lost(problem = this.problem) {
    if (!this.isBehind) this.#lostAt = Date.now();
    this.isBehind = true;
    this.problem = problem;
  }

  /** Messages may be lost, or with a history, are. */
  addGap() {
    this.#receive({ gap: { since: this.#last ? null : this.#lostAt, until: Date.now() } });
  }

  /** Returns how many messages were news. */
  show() {
    const news = this.#arrivals.filter((arrival) => this.log.receive(arrival)).length;
    this.#arrivals = [];
    this.unread += news;
    return news;
  }

  #add(message) {
    if (/^\d+-\w+$/.test(message.id)) this.#last = message.id;
    this.#receive({ ...readMessage(message), age: message.age });
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
