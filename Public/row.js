import { make, mark } from "./dom.js";
import { renderText } from "./text.js";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const together = 300_000;

const words = {
  sending: "Sending…",
  waiting: "Waiting for the connection",
  delayed: "The server is busy, trying again",
  sent: "✓",
};

/** One message in a log: its element, and what may still change about it. */
export class Row {
  element;
  time;

  #sender;
  #isOwn;
  #body;
  #clock = make("time");
  #state = make("span", { className: "state" });
  #problem = null;

  /** @param message as `readMessage` gives it. */
  constructor(message, isOwn) {
    this.#sender = message.sender;
    this.#isOwn = isOwn;
    const avatar = make("span", { className: "avatar", ariaHidden: "true" });
    mark(avatar, message.sender ?? "");
    const who = make("p", { className: "who" }, make("bdi", {}, message.sender ?? "Anonymous"));
    if (isOwn) who.append(" ", make("span", { className: "tag" }, "you"));
    if (message.event) who.append(" ", make("span", { className: "tag", title: "Event" }, message.event));
    const text = make("div", { className: `text ${message.kind}`, dir: "auto" }, ...renderText(message.text));
    const foot = make("p", { className: "foot" }, this.#clock, " ", this.#state);
    this.#body = make("div", { className: "body" }, who, make("div", { className: "bubble" }, text, foot));
    this.element = make("li", { className: "row" }, avatar, this.#body);
    this.element.classList.toggle("own", isOwn);
    this.element.classList.toggle("unsigned", message.sender === null);
    this.setTime(message.time);
  }

  setTime(time) {
    this.time = time;
    this.#clock.dateTime = time.toISOString();
    this.#clock.title = calendar.format(time);
    this.#clock.textContent = clock.format(time);
  }

  /** How an own message stands: a state of Delivery's, and for `failed` why and what can be done. */
  setState(state, reason, onRetry, onDiscard) {
    this.element.dataset.state = state;
    this.#state.textContent = words[state] ?? "";
    this.#problem?.remove();
    if (state !== "failed") return;
    this.#problem = make(
      "div", { className: "problem" },
      make("span", { role: "alert" }, `Not sent: ${reason}`),
      make("button", { className: "quiet", onclick: onRetry }, "Try again"),
      make("button", { className: "quiet", onclick: onDiscard }, "Discard"),
    );
    this.#body.append(this.#problem);
  }

  /** Under `previous`, the same person is not introduced again within minutes. */
  standUnder(previous) {
    const follows = previous && previous.#isOwn === this.#isOwn
      && previous.#sender === this.#sender && Math.abs(this.time - previous.time) < together;
    this.element.classList.toggle("continued", Boolean(follows));
  }
}
