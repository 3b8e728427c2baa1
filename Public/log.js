import { make } from "./dom.js";
import { Row } from "./row.js";

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const mostSeen = 2000;

/**
 * The messages of a channel: those that arrived, then one's own that have not come back yet. What has a key is never
 * shown twice. What is new to one who did not look is under a divider, until one writes or looks away again.
 */
export class Log {
  element = make("ol", { className: "messages", role: "list" });

  #pending = new Map();
  #seen = new Set();
  #last = null;
  #gap;
  #divider;
  #isWatched = false;
  #day = day.format(new Date());

  pending(key) {
    return this.#pending.get(key);
  }

  watch(isWatched) {
    if (this.#isWatched && !isWatched) this.undivide();
    this.#isWatched = isWatched;
  }

  undivide() {
    this.#divider?.remove();
    this.#divider = null;
  }

  /** Shows what came from the server. Returns whether it is news. */
  receive({ gap, ...message }) {
    if (gap) return this.#showGap(gap);
    if (this.#seen.has(message.key)) return false;
    const isOwn = this.#pending.has(message.key);
    const isNews = !isOwn && message.age !== "old";
    if (isNews && !this.#divider && (!this.#isWatched || message.age === "missed")) {
      this.#divider = this.notice("New messages", "divider");
    }
    if (isOwn) this.settle(message.key, message.time);
    else this.#place(new Row(message, false));
    this.#remember(message.key);
    return isNews;
  }

  addPending(message) {
    const { key } = message;
    if (!this.#seen.has(key) && !this.#pending.has(key)) this.#await(key, new Row(message, true));
  }

  postpone(key) {
    this.#await(key, this.discard(key));
  }

  /** Takes a pending message as arrived, at `time` if it came back. */
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

  notice(text, kind = "") {
    const element = make("li", { className: `notice ${kind}` }, text);
    this.#insert(element);
    this.#last = null;
    this.#groupPending();
    return element;
  }

  trim(limit) {
    let excess = this.element.childElementCount - this.#pending.size - limit;
    if (excess <= 0) return;
    while (excess--) this.element.firstChild.remove();
    this.element.firstChild?.classList.remove("continued");
  }

  /** Breaks in a row become one line. */
  #showGap({ since, until }) {
    const last = this.#gap?.element === this.#end ? this.#gap : null;
    last?.element.remove();
    const from = last ? last.from : since;
    const text = from && since
      ? `No connection from ${clock.format(from)} to ${clock.format(until)}: messages may be missing here.`
      : "Some messages could not be recovered";
    this.#gap = { from, element: this.notice(text) };
    return false;
  }

  #place(row) {
    const today = day.format(row.time);
    if (today !== this.#day) this.notice(today);
    this.#day = today;
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

  /** Puts an element before what is pending, if it is not there. */
  #insert(element) {
    const next = this.#firstPending;
    if (!element.parentNode || element.nextSibling !== next) this.element.insertBefore(element, next);
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
    if (!key) return;
    this.#seen.add(key);
    if (this.#seen.size > mostSeen) this.#seen.delete(this.#seen.values().next().value);
  }
}
