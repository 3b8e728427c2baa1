import { backoff, isPassing } from "./connection.js";
import { publishFrame } from "./message.js";

/** Close codes that are about the frame just sent. */
const verdicts = [1003, 1007, 1009];
const answerWithin = 20_000;

/**
 * Takes lines from the outbox to the server, one at a time: the order holds even where one goes again, as after a
 * break, when nobody knows whether it arrived. By its key it counts once.
 * Calls `onChange(entry, state)`: `sending`, `waiting` (for a connection), `delayed`, `sent` or `failed`.
 */
export class Delivery {
  onChange = () => {};

  #outbox;
  #connection;
  #feedOf;
  #flight = null;
  #refusals = 0;
  #retryTimer = 0;

  /** @param feedOf the Feed of a channel: lines wait until it has joined. */
  constructor(outbox, connection, feedOf) {
    this.#outbox = outbox;
    this.#connection = connection;
    this.#feedOf = feedOf;
  }

  stateOf(entry) {
    if (entry.failed !== null) return "failed";
    return this.#connection.state === "open" ? "sending" : "waiting";
  }

  /** Sends the next line, if it can. */
  async pump() {
    if (this.#flight || this.#retryTimer || this.#connection.state !== "open") return;
    const entry = this.#outbox.waiting.find(({ channel }) => this.#feedOf(channel)?.state !== "joining");
    if (!entry) return;
    this.#flight = entry.key;
    this.onChange(entry, "sending");
    const timer = setTimeout(() => this.#connection.restart(), answerWithin);
    const hasHistory = Boolean(this.#feedOf(entry.channel)?.last);
    const reply = await this.#connection.request(publishFrame(entry, hasHistory));
    clearTimeout(timer);
    if (reply?.type === "published") this.arrived(entry.key);
    else if (reply && this.#outbox.find(entry.key)) this.#refused(entry, reply);
  }

  /** The server has the message: it said so, or the message came back. */
  arrived(key) {
    const entry = this.#outbox.find(key);
    if (!entry) return;
    this.#land(key);
    this.#refusals = 0;
    this.#outbox.remove(entry);
    this.onChange(entry, "sent");
    this.pump();
  }

  #refused(entry, error) {
    this.#land(entry.key);
    if (isPassing(error)) {
      this.#retryTimer = setTimeout(() => {
        this.#retryTimer = 0;
        this.pump();
      }, 250 + backoff(this.#refusals, 1000, 8_000));
      this.#refusals += 1;
      this.onChange(entry, "delayed");
    } else {
      this.#fail(entry, error.message);
      this.pump();
    }
  }

  disconnected(code) {
    const entry = this.#outbox.find(this.#flight);
    this.#flight = null;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = 0;
    if (entry && verdicts.includes(code)) this.#fail(entry, `the server cannot take it (${code}).`);
  }

  /** Sends a failed line again, after those that wait. */
  retry(entry) {
    this.#outbox.requeue(entry);
    this.onChange(entry, this.stateOf(entry));
    this.pump();
  }

  #fail(entry, reason) {
    this.#outbox.fail(entry, reason);
    this.onChange(entry, "failed");
  }

  #land(key) {
    if (this.#flight === key) this.#flight = null;
  }
}
