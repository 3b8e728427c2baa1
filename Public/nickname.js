import { channelProblem } from "./channel.js";
import { byId, complain } from "./dom.js";
import { tidyNick } from "./message.js";

const key = "roost.nickname";

/** One's nickname: asked for once, and remembered. Calls `onChange(nick)`. */
export class Nickname {
  onChange = () => {};
  value = "";

  #store;
  #dialog = byId("name-dialog");
  #input = byId("nickname");

  constructor(store) {
    this.#store = store;
    const nick = tidyNick(store.get(key) ?? "");
    if (!problem(nick)) this.value = nick;
    byId("edit-name").addEventListener("click", () => this.ask());
    byId("name-form").addEventListener("submit", (event) => this.#submit(event));
    this.#input.addEventListener("input", () => complain(this.#input, ""));
    this.#dialog.addEventListener("close", () => this.#closed());
  }

  ask() {
    complain(this.#input, "");
    this.#dialog.returnValue = "";
    this.#input.value = this.value;
    this.#dialog.showModal();
    this.#input.select();
  }

  #submit(event) {
    event.preventDefault();
    const nick = tidyNick(this.#input.value);
    complain(this.#input, problem(nick));
    if (!problem(nick)) this.#dialog.close(nick);
  }

  /** Whoever says no name gets one. */
  #closed() {
    const guest = `guest-${crypto.getRandomValues(new Uint16Array(1))[0]}`;
    this.value = this.#dialog.returnValue || this.value || guest;
    this.#store.set(key, this.value);
    this.onChange(this.value);
  }
}

const problem = (nick) => (nick ? channelProblem(nick) : "Type a name of 1 to 40 characters.");
