import { byId, make } from "./dom.js";
import "./extra-style.js";
import { readMessage } from "./message.js";
import { renderText } from "./text.js";

const mostShown = 50;
const recountAfter = 250;
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The panel behind the bell: the newest notifications, newest first, and the way to mark them as read. */
export class Bell {
  #roost;
  #recount;
  #timer = 0;
  #unread = 0;
  #button = byId("bell");
  #list = make("ol", { role: "list" });
  #none = make("p", { className: "hint" }, "No notifications yet.");
  #mark = make("button", { className: "quiet", onclick: () => this.#markRead() }, "Mark all as read");
  #panel = make(
    "section",
    { id: "notifications", popover: "auto", role: "dialog", ariaLabel: "Notifications", tabIndex: -1, autofocus: true },
    make("header", {}, make("h2", {}, "Notifications"), this.#mark), this.#none, this.#list);
  /** Items by id, in order. */
  #items = new Map();

  /** @param recount asks the server how many are unread. */
  constructor(roost, recount) {
    this.#roost = roost;
    this.#recount = recount;
    this.#button.after(this.#panel);
    this.#button.popoverTargetElement = this.#panel;
    recount();
  }

  open() {
    this.#panel.showPopover();
  }

  /** Takes a `notification`; those pending come again with each connection. */
  add(frame) {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#recount();
    }, recountAfter);
    if (this.#items.has(frame.id)) return;
    const item = render(frame);
    this.#items.set(frame.id, item);
    this.#list.prepend(item);
    if (this.#items.size > mostShown) {
      const [oldest, element] = this.#items.entries().next().value;
      this.#items.delete(oldest);
      element.remove();
    }
    this.show();
  }

  /** One has another name now. What there is was somebody else's. */
  clear() {
    this.#items.clear();
    this.#list.replaceChildren();
    this.#panel.hidePopover();
    this.show(0);
  }

  /** Shows which are unread: the newest ones. */
  show(unread = this.#unread) {
    this.#unread = unread;
    this.#none.hidden = this.#items.size > 0;
    this.#mark.disabled = !unread || this.#items.size === 0;
    [...this.#list.children].forEach((item, index) => item.classList.toggle("fresh", index < unread));
  }

  async #markRead() {
    this.#panel.focus();
    await this.#roost.ack([...this.#items.keys()].at(-1)).catch(this.#recount);
  }
}

function render(frame) {
  const { sender, event, kind, text, time } = readMessage(frame);
  const head = make("p", { className: "who" }, make("bdi", {}, sender || "Notification"));
  if (event && event !== "notification") head.append(" ", make("span", { className: "tag", title: "Event" }, event));
  head.append(" ", make("time", { dateTime: time.toISOString() }, clock.format(time)));
  return make("li", {}, head, make("div", { className: `text ${kind}`, dir: "auto" }, ...renderText(text)));
}
