/** Close codes after which coming back does not help. */
const endings = {
  1008: "The server does not allow this connection.",
  4003: "An administrator ended this connection.",
};

/** Milliseconds to wait after so many failures: with full jitter, a crowd that lost its server comes back spread. */
export function backoff(failures, base = 1000, cap = 30_000) {
  return Math.random() * Math.min(cap, base * 2 ** failures);
}

/** Whether an error says "not now", not "no". */
export const isPassing = ({ code }) => code === "unavailable" || code === "overloaded";

// In milliseconds.
const pingEvery = 25_000;
const answerWithin = 10_000;
const openWithin = 15_000;
const steadyAfter = 10_000;

/**
 * The native door, kept open over as many sockets as it takes. It is `connecting`, `open`, `waiting` (for the next try)
 * or `stopped` (the server wants none). It calls `onFrame(frame)`, `onState(state, detail)`, and first `onClosed(code)`
 * when an open one is lost. `detail` is when the next try is (milliseconds since 1970), or why there is none.
 */
export class Connection {
  onState = () => {};
  onFrame = () => {};
  onClosed = () => {};
  state = "stopped";

  #url = "";
  #socket = null;
  #failures = 0;
  #openedAt = 0;
  #retryTimer = 0;
  #deadline = 0;
  #pingTimer = 0;
  #latestRef = 0;
  /** Who waits for a reply, by its `ref`. */
  #awaited = new Map();

  constructor() {
    addEventListener("online", () => this.nudge());
    document.addEventListener("visibilitychange", () => document.hidden || this.nudge());
  }

  /** Tries now, or sees whether the link lives. */
  nudge() {
    if (this.state === "waiting") this.connect();
    else if (this.state === "open") this.#ping();
  }

  /** Leaves for another URL; false if it is there already. */
  moveTo(url) {
    if (this.#url === url) return false;
    this.#url = url;
    if (this.#socket) this.#drop(1000);
    this.connect();
    return true;
  }

  /** Connects at once, whatever was planned. */
  connect() {
    if (this.#socket) return;
    clearTimeout(this.#retryTimer);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    // One that was given up is not heard.
    socket.onmessage = ({ data }) => this.#socket === socket && this.#heard(data);
    socket.onclose = ({ code, reason }) => this.#socket === socket && this.#lost(code, reason);
    this.#expectWithin(openWithin);
    this.#become("connecting");
  }

  /** Returns false where there is no open connection for the frame. */
  send(frame) {
    if (this.state !== "open" || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Sends a command; resolves to the reply, an `error` perhaps, or to null if the connection is lost. */
  request(frame) {
    const ref = this.#latestRef += 1;
    if (!this.send({ ...frame, ref })) return Promise.resolve(null);
    return new Promise((resolve) => this.#awaited.set(ref, resolve));
  }

  /** The server owes an answer that does not come. */
  restart() {
    if (this.state === "open") this.#lost(1006);
  }

  #heard(data) {
    const frame = parse(data);
    if (this.state === "connecting") {
      if (frame?.type !== "welcome") return;
      this.#openedAt = Date.now();
      this.#schedulePing();
    }
    // Any frame proves that the link lives.
    clearTimeout(this.#deadline);
    this.#deadline = 0;
    if (this.state === "connecting") return this.#become("open");
    // A message by another program may have any member.
    const answer = frame?.type !== "message" && this.#awaited.get(frame?.ref);
    this.#awaited.delete(answer && frame.ref);
    if (answer) answer(frame);
    else if (frame) this.onFrame(frame);
  }

  #schedulePing() {
    clearTimeout(this.#pingTimer);
    this.#pingTimer = setTimeout(() => this.#ping(), pingEvery);
  }

  #ping() {
    this.#schedulePing();
    this.send({ type: "ping" });
    if (!this.#deadline) this.#expectWithin(answerWithin);
  }

  #expectWithin(milliseconds) {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#lost(1006), milliseconds);
  }

  #lost(code, reason) {
    // A door that shuts again at once is not knocked at ever faster.
    if (this.state === "open" && Date.now() - this.#openedAt >= steadyAfter) this.#failures = 0;
    // "Over capacity" asks for more patience than a restart does.
    if (code === 1013) this.#failures = Math.max(this.#failures, 2);
    this.#drop(code);
    if (Object.hasOwn(endings, code)) {
      this.#become("stopped", `${endings[code]}${reason && ` It says: ${reason}.`}`);
    } else {
      const delay = backoff(this.#failures);
      this.#failures += 1;
      this.#retryTimer = setTimeout(() => this.connect(), delay);
      this.#become("waiting", Date.now() + delay);
    }
  }

  #drop(code) {
    const socket = this.#socket;
    const wasOpen = this.state === "open";
    this.#socket = null;
    clearTimeout(this.#deadline);
    clearTimeout(this.#pingTimer);
    this.#deadline = 0;
    // Unobserved: on a dead link this takes long.
    socket.close();
    this.state = "waiting";
    if (wasOpen) this.onClosed(code);
    this.#awaited.forEach((answer) => answer(null));
    this.#awaited.clear();
  }

  #become(state, detail = null) {
    this.state = state;
    this.onState(state, detail);
  }
}

function parse(data) {
  try {
    const frame = JSON.parse(data);
    return typeof frame === "object" ? frame : null;
  } catch {
    return null;
  }
}
