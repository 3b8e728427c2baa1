import { backoff } from "./backoff.js";
import { publishFrame } from "./message.js";

/** Close codes that are about the frame just sent. */
const verdicts = [1003, 1007, 1009];
const answerWithin = 20_000;

/**
 * Takes lines from the outbox to the server, one at a time: the order holds even where one goes again, as after a
 * break, when nobody knows whether it arrived. By its key the second is dropped.
 * Calls `onChange(entry, state)`: `sending`, `waiting` (for a connection), `delayed`, `sent` or `failed`.
 */
export class Delivery {
  onChange = () => {};

  #outbox;
  #connection;
  #mayGo;
  #flight = null;
  #refusals = 0;
  #retryTimer = 0;
  #answerTimer = 0;

  /** @param mayGo whether messages for a channel may go out now. */
  constructor(outbox, connection, mayGo) {
    this.#outbox = outbox;
    this.#connection = connection;
    this.#mayGo = mayGo;
  }

  /** How a line stands that is not on its way. */
  stateOf(entry) {
    if (entry.failed !== null) return "failed";
    return this.#connection.state === "open" ? "sending" : "waiting";
  }

  /** Sends the next line if nothing stands in the way. */
  pump() {
    if (this.#flight || this.#retryTimer) return;
    const entry = this.#outbox.waiting.find(({ channel }) => this.#mayGo(channel));
    if (!entry || !this.#connection.send(publishFrame(entry))) return;
    this.#flight = entry.key;
    this.#answerTimer = setTimeout(() => this.#connection.restart(), answerWithin);
    this.onChange(entry, "sending");
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

  /** The server answered with an error. Returns whether that was about a line. */
  refused(key, code, reason) {
    const entry = this.#outbox.find(key);
    if (!entry) return false;
    this.#land(key);
    if (code === "unavailable" || code === "overloaded") {
      this.#retryTimer = setTimeout(() => {
        this.#retryTimer = 0;
        this.pump();
      }, 250 + backoff(this.#refusals, 1000, 8_000));
      this.#refusals += 1;
      this.onChange(entry, "delayed");
    } else {
      this.#fail(entry, reason);
      this.pump();
    }
    return true;
  }

  disconnected(code) {
    const entry = this.#outbox.find(this.#flight);
    this.#land(this.#flight);
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
    if (this.#flight !== key) return;
    this.#flight = null;
    clearTimeout(this.#answerTimer);
  }
}
