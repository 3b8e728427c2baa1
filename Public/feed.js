/** Messages that wait while older ones are fetched; more are in no log. */
const mostWaiting = 1000;
const againAfter = 3_000;

/**
 * One channel over a connection: each message once and in order, and what was missed, if there is a history.
 *
 * It is `joining`, `joined`, or `refused`, and then `problem` says why. It calls `onState()`, and in order
 * `onMessage(frame, age)` ("old" is from before one came, "missed" was recovered, "live") and `onGap(since)`: messages
 * may be lost since then (milliseconds since 1970), or (null) are.
 */
export class Feed {
  state = "joining";
  problem = "";
  onState = () => {};
  onMessage = () => {};
  onGap = () => {};

  #name;
  #connection;
  /** While a frame has to wait for the history, so do those behind it. */
  #queue = [];
  #isBusy = false;
  #isNew = true;
  /** The ids of the newest message, and of the newest that was missed. */
  #last;
  #missedTo;
  #lostAt = null;
  /** Counts subscriptions: answers to an earlier one are void. */
  #turn = 0;

  constructor(name, connection) {
    this.#name = name;
    this.#connection = connection;
  }

  /** Whether messages are still to come that were published before. */
  get isBehind() {
    return this.state === "joining" || this.#isBusy;
  }

  async subscribe() {
    const turn = this.#turn += 1;
    const since = this.#last;
    this.#become("joining");
    const reply = await this.#connection.request({ type: "subscribe", channel: this.#name, since });
    if (!reply || turn !== this.#turn) return;
    if (reply.type !== "error") {
      this.heard({ ...reply, since });
      this.#become("joined");
    } else if (reply.code === "unavailable" || reply.code === "overloaded") {
      setTimeout(() => turn === this.#turn && this.subscribe(), againAfter);
    } else {
      this.#become("refused", reply.message ?? reply.code);
    }
  }

  /** The connection is gone. What has an id comes again. */
  lost() {
    this.#turn += 1;
    this.#queue = this.#queue.filter((frame) => isMessage(frame) && !offsetOf(frame.id));
    if (this.state === "joined") this.#lostAt ??= Date.now();
    this.state = "joining";
  }

  leave() {
    this.#turn += 1;
    this.#queue = [];
    this.#connection.send({ type: "unsubscribe", channel: this.#name });
  }

  /** Takes a `message`, `gap` or `subscribed` of this channel. */
  heard(frame) {
    this.#queue.push(frame);
    if (this.#queue.length > mostWaiting) this.#queue.splice(this.#queue.findIndex(isMessage), 1);
    if (!this.#isBusy) this.#drain();
  }

  async #drain() {
    this.#isBusy = true;
    while (this.#queue.length > 0) {
      const frame = this.#queue.shift();
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
        .then(({ catchUp }) => catchUp(this.#connection, this.#name, since, age, lostAt))
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
      if (!isAfter(id, this.#last)) return;
      this.#last = id;
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

/** The place in its stream that a message's id, `42-k3f9`, names; 0 for what is no id. */
export function offsetOf(id) {
  return /^[1-9]\d{0,18}-[a-z\d]{1,15}$/i.test(id) ? parseInt(id) : 0;
}

/** Whether two ids are of one stream: a channel that was emptied begins another. */
export const isSameStream = (id, other) => id?.split("-")[1] === other?.split("-")[1];

const isAfter = (id, other) => !isSameStream(id, other) || offsetOf(id) > offsetOf(other);
