import { extra, make, mark } from "./dom.js";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const together = 300_000;

const words = {
  sending: "Sending…",
  waiting: "Waiting for the connection",
  delayed: "The server is busy, trying again",
  sent: "✓",
  failed: "✗",
};

/** One message in a log, as `readMessage` gives it. */
export class Row {
  element;
  time;

  #sender;
  #isOwn;
  #clock = make("time");
  #state = make("span", { className: "state" });

  constructor(message, isOwn) {
    this.#sender = message.sender;
    this.#isOwn = isOwn;
    const avatar = make("span", { className: "avatar", ariaHidden: "true" });
    mark(avatar, message.sender);
    const who = make("p", { className: "who" }, make("bdi", {}, message.sender || "Anonymous"));
    if (isOwn) who.append(" ", make("span", { className: "tag" }, "you"));
    if (message.event) who.append(" ", make("span", { className: "tag", title: "Event" }, message.event));
    const text = make("div", { className: `text ${message.kind}`, dir: "auto" }, message.text);
    if (/https?:/i.test(message.text)) {
      extra("text").then((part) => part && text.replaceChildren(...part.renderText(message.text)));
    }
    const foot = make("p", { className: "foot" }, this.#clock, " ", this.#state);
    const body = make("div", { className: "body" }, who, make("div", { className: "bubble" }, text, foot));
    this.element = make("li", { className: "row" }, avatar, body);
    this.element.classList.toggle("own", isOwn);
    this.element.classList.toggle("unsigned", !message.sender);
    this.setTime(message.time);
  }

  setTime(time) {
    this.time = time;
    this.#clock.dateTime = time.toISOString();
    this.#clock.title = calendar.format(time);
    this.#clock.textContent = clock.format(time);
  }

  /** `sending`, `waiting` (for a connection), `delayed`, `sent` or `failed`. */
  setState(state) {
    this.element.dataset.state = state;
    this.#state.textContent = words[state] ?? "";
    this.element.querySelector(".problem")?.remove();
  }

  /** The same person is not introduced again within minutes. */
  standUnder(previous) {
    const follows = previous && previous.#isOwn === this.#isOwn
      && previous.#sender === this.#sender && Math.abs(this.time - previous.time) < together;
    this.element.classList.toggle("continued", Boolean(follows));
  }
}
