import { channelProblem, encodeChannel } from "./channel.js";
import { byId, complain, count, make, mark } from "./dom.js";

/** One's channels and name. On a phone it is a drawer. */
export class Sidebar {
  onLeave = () => {};

  #side = byId("side");
  #opener = byId("open-side");
  #name = byId("join-name");
  #narrow = matchMedia("(max-width: 47.99rem)");
  #items = new Map();

  constructor() {
    this.#opener.addEventListener("click", () => this.open());
    byId("close-side").addEventListener("click", () => this.close());
    byId("shade").addEventListener("click", () => this.close());
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
    this.#narrow.addEventListener("change", () => this.close());
    this.#name.addEventListener("input", () => complain(this.#name, ""));
    byId("join").addEventListener("submit", (event) => this.#join(event));
  }

  add(room) {
    const badge = make("span", { className: "badge" });
    const link = make("a", { href: `#${encodeChannel(room.name)}` }, make("bdi", {}, room.name), " ", badge);
    const leave = make("button", { className: "icon", ariaLabel: `Leave ${room.name}` }, "×");
    const item = make("li", {}, link, leave);
    link.addEventListener("click", () => this.close());
    leave.addEventListener("click", () => this.onLeave(room));
    this.#items.set(room, { item, link, leave, badge });
    byId("rooms").append(item);
  }

  remove(room) {
    this.#items.get(room).item.remove();
    this.#items.delete(room);
  }

  update(active) {
    let elsewhere = 0;
    for (const [room, { link, leave, badge }] of this.#items) {
      link.ariaCurrent = room === active ? "page" : null;
      leave.hidden = this.#items.size === 1;
      count(badge, room.unread);
      if (room !== active) elsewhere += room.unread;
    }
    count(byId("elsewhere"), elsewhere);
  }

  showName(nick) {
    mark(byId("my-mark"), nick);
    byId("my-name").textContent = nick;
  }

  open() {
    if (this.#narrow.matches) this.#toggle(true);
  }

  close() {
    if (this.#side.classList.contains("open")) this.#toggle(false);
  }

  #join(event) {
    event.preventDefault();
    const name = this.#name.value.trim().replace(/^#/, "");
    const problem = channelProblem(name);
    complain(this.#name, problem);
    if (problem) return;
    this.#name.value = "";
    this.close();
    location.hash = encodeChannel(name);
  }

  #toggle(isOpen) {
    this.#side.classList.toggle("open", isOpen);
    byId("main").inert = isOpen;
    this.#opener.ariaExpanded = String(isOpen);
    (isOpen ? byId("close-side") : this.#opener).focus();
  }
}
