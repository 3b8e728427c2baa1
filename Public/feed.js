import { isPassing } from "./connection.js";

/** Frames that wait: more are in no log. */
const mostWaiting = 1000;
const againAfter = 3_000;

/**
 * One channel: each message once and in order, also what was missed, if there is a history. It is `joining`, `joined`,
 * or `refused`, as `problem` says. Who extends it has `onMessage(frame, age)` ("old" is from before one came, "missed",
 * "live") and `onGap(since)`: messages may be lost since then, or (null) are.
 */
export class Feed {
  name;
  state = "joining";
  problem = "";
  onState = () => {};
  /** The id of the newest message; there is none without a history. */
  last;

  #connection;
  /** A frame waits for those before it. */
  #queue = [];
  #isBusy = false;
  #isNew = true;
  #missedTo;
  #lostAt = null;
  /** Counts subscriptions: answers to an earlier one are void. */
  #turn = 0;

  constructor(name, connection) {
    this.name = name;
    this.#connection = connection;
  }

  /** Whether older messages are still to come. */
  get isBehind() {
    return this.state === "joining" || this.#isBusy;
  }

  async subscribe() {
    const turn = this.#turn += 1;
    const since = this.last;
    this.#become("joining");
    const reply = await this.#connection.request({ type: "subscribe", channel: this.name, since });
    if (!reply || turn !== this.#turn) return;
    if (reply.type !== "error") {
      this.heard({ ...reply, since });
      this.#become("joined");
    } else if (isPassing(reply)) {
      setTimeout(() => turn === this.#turn && this.subscribe(), againAfter);
    } else {
      this.#become("refused", reply.message);
    }
  }

  /** What has an id comes again. */
  lost() {
    this.#turn += 1;
    this.#queue = this.#queue.filter((frame) => isMessage(frame) && !offsetOf(frame.id));
    if (this.state === "joined") this.#lostAt ??= Date.now();
    this.state = "joining";
  }

  stop() {
    this.lost();
    this.#become("refused", "This channel was stopped.");
  }

  leave() {
    this.#turn += 1;
    this.#queue = [];
    this.#connection.send({ type: "unsubscribe", channel: this.name });
  }

  /** Takes a `message`, `gap` or `subscribed` of this channel. */
  heard(frame) {
    this.#queue.push(frame);
    if (this.#queue.length > mostWaiting) this.#queue.splice(this.#queue.findIndex(isMessage), 1);
    if (!this.#isBusy) this.#drain();
  }

  async #drain() {
    this.#isBusy = true;
    for (let frame; frame = this.#queue.shift();) {
      if (isMessage(frame)) this.#pass(frame, "live");
      else await this.#catchUp(frame);
    }
    this.#isBusy = false;
  }

  async #catchUp({ type, id, recovered, since }) {
    const turn = this.#turn;
    const lostAt = this.#lostAt;
    if (recovered) {
      this.#missedTo = id;
    } else if (id || since || type === "gap") {
      const age = this.#isNew ? "old" : "missed";
      const frames = await import("./history.js")
        .then(({ catchUp }) => catchUp(this.#connection, this.name, since, age, lostAt))
        .catch(() => [{ gap: null }]);
      if (turn !== this.#turn) return;
      for (const frame of frames) {
        if (isMessage(frame)) this.#pass(frame, age);
        else this.onGap(frame.gap);
      }
    } else if (lostAt) {
      this.onGap(lostAt);
    }
    this.#isNew = false;
    this.#lostAt = null;
  }

  #pass(frame, age) {
    const { id } = frame;
    if (offsetOf(id)) {
      if (!isAfter(id, this.last)) return;
      this.last = id;
      if (this.#missedTo && !isAfter(id, this.#missedTo)) age = "missed";
    }
    this.onMessage(frame, age);
  }

  #become(state, problem = "") {
    this.state = state;
    this.problem = problem;
    this.onState();
  }
}

const isMessage = ({ type }) => type === "message";

/** The place in its stream of `42-k3f9`; 0 for what is no id. */
export function offsetOf(id) {
  return /^[1-9]\d{0,18}-[a-z\d]{1,15}$/i.test(id) ? parseInt(id) : 0;
}

/** A channel that was emptied begins another stream. */
export const isSameStream = (id, other) => id?.split("-")[1] === other?.split("-")[1];

const isAfter = (id, other) => !isSameStream(id, other) || offsetOf(id) > offsetOf(other);
