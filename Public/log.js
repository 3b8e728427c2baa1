import { make } from "./dom.js";
import { Row } from "./row.js";

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const mostSeen = 2000;

/**
 * The messages of a channel, as a list element: those that arrived, in the server's order, then one's own that
 * have not come back yet, in the order written. What has a key is never shown twice.
 */
export class Log {
  element = make("ol", { className: "messages", role: "list" });

  #pending = new Map();
  #seen = new Set();
  #last = null;
  #gap = null;

  get isEmpty() {
    return !this.element.firstChild;
  }

  /** The row of an own message that has not come back. */
  pending(key) {
    return this.#pending.get(key);
  }

  /** Shows a message from the server. Returns whether it is news: no repetition, nor an own one coming back. */
  receive(message) {
    if (this.#seen.has(message.key)) return false;
    const isOwn = this.#pending.has(message.key);
    if (isOwn) this.settle(message.key, message.time);
    else this.#place(new Row(message, false));
    this.#remember(message.key);
    return !isOwn;
  }

  /** Shows an own message that is on its way. */
  addPending(message) {
    const { key } = message;
    if (!this.#seen.has(key) && !this.#pending.has(key)) this.#await(key, new Row(message, true));
  }

  /** Puts a pending message behind the others that wait. */
  postpone(key) {
    this.#await(key, this.discard(key));
  }

  /** Takes a pending message as arrived: it came back at `time`, or the server has vouched for it. */
  settle(key, time) {
    const row = this.#pending.get(key);
    if (!row) return;
    if (time) row.setTime(time);
    row.setState("sent");
    this.#pending.delete(key);
    this.#remember(key);
    this.#place(row);
  }

  discard(key) {
    const row = this.#pending.get(key);
    this.#pending.delete(key);
    row?.element.remove();
    this.#groupPending();
    return row;
  }

  /** A line by the page itself. */
  notice(text) {
    const element = make("li", { className: "notice" }, text);
    this.#insert(element);
    this.#last = null;
    this.#groupPending();
    return element;
  }

  /** Says that messages between two moments may be missing; breaks in a row become one line. */
  gap(from, to) {
    const isSame = this.#gap !== null && this.#gap.element === this.#end;
    const since = isSame ? this.#gap.since : from;
    if (isSame) this.#gap.element.remove();
    const text = `No connection from ${clock.format(since)} to ${clock.format(to)}: messages may be missing here.`;
    this.#gap = { since, element: this.notice(text) };
  }

  /** Removes the oldest lines over `limit`, but nothing that is pending. */
  trim(limit) {
    let excess = this.element.childElementCount - this.#pending.size - limit;
    if (excess <= 0) return;
    while (excess--) this.element.firstChild.remove();
    this.element.firstChild?.classList.remove("continued");
  }

  #place(row) {
    const today = day.format(row.time);
    if (this.#last && day.format(this.#last.time) !== today) this.notice(today);
    row.standUnder(this.#last);
    this.#insert(row.element);
    this.#last = row;
    this.#groupPending();
  }

  #await(key, row) {
    this.#pending.set(key, row);
    this.element.append(row.element);
    this.#groupPending();
  }

  /** Puts an element after what arrived and before what is pending; one that stands there is not touched. */
  #insert(element) {
    const next = this.#firstPending;
    if (element.parentNode && element.nextSibling === next) return;
    this.element.insertBefore(element, next);
  }

  get #firstPending() {
    return this.#pending.values().next().value?.element ?? null;
  }

  /** The last line that is not pending. */
  get #end() {
    return this.#firstPending ? this.#firstPending.previousSibling : this.element.lastChild;
  }

  #groupPending() {
    let previous = this.#last;
    for (const row of this.#pending.values()) {
      row.standUnder(previous);
      previous = row;
    }
  }

  #remember(key) {
    if (key === null) return;
    this.#seen.add(key);
    if (this.#seen.size > mostSeen) this.#seen.delete(this.#seen.values().next().value);
  }
}
