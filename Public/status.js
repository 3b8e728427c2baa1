import { byId, say } from "./dom.js";

const words = { connecting: "Connecting…", open: "Connected", waiting: "Not connected", closed: "Disconnected" };
/** By close code. */
const endings = {
  1008: "The server does not allow this connection.",
  4003: "An administrator ended this connection.",
};

/** The connection's state in words, and a banner for trouble. */
export class Status {
  #state = "connecting";
  #ending = "";
  #retryAt = 0;
  #wasOpen = false;
  #isTroubled = false;

  constructor() {
    setInterval(() => this.#countDown(), 500);
  }

  set(state, { code, reason, retryAt }) {
    this.#state = state;
    this.#ending = `${endings[code]}${reason && ` It says: ${reason}.`}`;
    this.#retryAt = retryAt;
    this.#wasOpen ||= state === "open";
    // Until a try succeeds: the banner does not flicker.
    if (state !== "connecting") this.#isTroubled = state !== "open";
    byId("status").dataset.state = state;
    say("status-word", words[state]);
    say("status-more", state === "closed" ? ` ${this.#ending}` : "");
    this.#countDown();
  }

  /** @param problem the channel's, or ""; @param kept how many lines wait. */
  explain(problem, kept) {
    const isStopped = this.#state === "closed";
    const cause = this.#wasOpen ? "The connection is lost." : "The server cannot be reached.";
    byId("banner").hidden = !this.#isTroubled && !problem;
    say("banner-text", this.#isTroubled ? `${isStopped ? this.#ending : cause} ${keeping(kept)}` : problem);
    say("banner-button", isStopped ? "Connect again" : this.#isTroubled ? "Try now" : "Join again");
  }

  #countDown() {
    const seconds = Math.ceil((this.#retryAt - Date.now()) / 1000);
    const isWaiting = this.#state === "waiting" && seconds > 0;
    say("banner-count", isWaiting ? `Next try in ${seconds} s.` : "");
  }
}

function keeping(kept) {
  const what = ["What you write is", "1 message is"][kept] ?? `${kept} messages are`;
  return `${what} kept and sent later.`;
}
