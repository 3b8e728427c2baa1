import { byId, make, mark } from "./dom.js";
import "./extra-style.js";

const mostListed = 200;

/** Who is in one channel: users, and how many connections each has; null stands for all without a name. */
class People {
  /** Changes with every change. */
  version = 0;
  #connections = new Map();
  /** What is said while one asks, as the answer may be from before or after it. */
  #meanwhile = [];

  /** Whether the server has ever said. */
  get isKnown() {
    return this.#connections.size > 0;
  }

  /** One asks anew. */
  expect() {
    this.#meanwhile = [];
  }

  /** Takes the answer. */
  set(users) {
    this.#connections = new Map(users.map(({ user, connections }) => [user, connections]));
    const frames = this.#meanwhile;
    this.#meanwhile = null;
    for (const frame of frames ?? []) this.change(frame);
    this.version += 1;
  }

  /** Takes a `join` or `leave`. */
  change(frame) {
    this.#meanwhile?.push(frame);
    if (frame.type === "leave") this.#connections.delete(frame.user);
    else if (!this.#connections.has(frame.user)) this.#connections.set(frame.user, 1);
    this.version += 1;
  }

  /** `[user, connections]`, by name; those without one at the end. */
  get sorted() {
    return [...this.#connections].sort(([one], [other]) =>
      (one === null) - (other === null) || String(one).localeCompare(other));
  }
}

const list = make("ul", { role: "list" });
const title = make("h2", { id: "people-title", tabIndex: -1 }, "Here now");
const section = make("section", { id: "people", hidden: true }, title, list);
const number = make("b");
const button = make(
  "button", { className: "icon", id: "here", hidden: true },
  make("span", { className: "face", ariaHidden: "true" }), number, make("span", { className: "unseen" }, " here now"));
/** What the list shows. */
let shown = {};

section.setAttribute("aria-labelledby", "people-title");
byId("join").before(section);
byId("bell").before(button);
button.addEventListener("click", () => {
  byId("open-side").click();
  title.focus();
});

/** Takes a `presence`, `join` or `leave` of a room. */
export function heard(room, frame) {
  if (!room) return;
  room.people ??= new People();
  if (frame.type === "presence") room.people.set(frame.users);
  else room.people.change(frame);
}

/** Shows who is here: the number above the log, the list at the side. @param me one's own name. */
export function show(people, me) {
  section.hidden = button.hidden = !people?.isKnown;
  if (!people || (shown.people === people && shown.version === people.version && shown.me === me)) return;
  shown = { people, version: people.version, me };
  const { sorted } = people;
  number.textContent = sorted.length;
  const items = sorted.slice(0, mostListed).map(([user, connections]) => item(user, connections, me));
  const more = sorted.length - mostListed;
  if (more > 0) items.push(make("li", { className: "hint" }, `and ${more} more`));
  list.replaceChildren(...items);
}

function item(user, connections, me) {
  const avatar = make("span", { className: "avatar", ariaHidden: "true" });
  mark(avatar, user ?? "");
  const element = make("li", {}, avatar, make("bdi", {}, user ?? "Anonymous"));
  element.classList.toggle("unsigned", user === null);
  if (user === me) element.append(make("span", { className: "tag" }, "you"));
  if (connections > 1) element.append(make("span", { className: "tag", title: "Connections" }, `×${connections}`));
  return element;
}
