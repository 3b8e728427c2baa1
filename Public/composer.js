import { byId, complain } from "./dom.js";

const prefix = "roost.draft.";

/** Where one writes. Drafts survive a reload. */
export class Composer {
  /** Takes the text, and returns what stands in its way, or "". */
  onSubmit = () => "";

  #text = byId("text");
  #drafts;
  #draft = "";

  constructor(drafts) {
    this.#drafts = drafts;
    byId("compose").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener("keydown", (event) => this.#pressed(event));
    this.#text.addEventListener("input", () => this.#changed());
    addEventListener("resize", () => this.#fit());
  }

  show(channel) {
    this.#draft = prefix + channel;
    this.#text.value = this.#drafts.get(this.#draft) ?? "";
    this.#text.placeholder = `Message #${channel}`;
    this.#changed();
  }

  focus() {
    this.#text.focus();
  }

  #pressed(event) {
    // While an input method composes, Enter picks a candidate (Safari says so by code 229).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!event.repeat) this.#submit();
  }

  #changed() {
    complain(this.#text, "");
    if (this.#text.value) this.#drafts.set(this.#draft, this.#text.value);
    else this.#drafts.remove(this.#draft);
    this.#fit();
  }

  #submit() {
    const written = this.#text.value;
    const text = (written.toWellFormed?.() ?? written).replace(/^\s*\n/, "").trimEnd();
    this.focus();
    if (!text) return;
    const problem = this.onSubmit(text);
    if (!problem) {
      this.#text.value = "";
      this.#changed();
    }
    complain(this.#text, problem);
  }

  #fit() {
    const { style } = this.#text;
    style.height = "auto";
    style.height = `${this.#text.scrollHeight + 2}px`;
  }
}
