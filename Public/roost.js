/**
 * A client of Roost for browsers and Node. README.md explains it, PROTOCOL.md the frames.
 * @typedef {{ channel: string, id?: string, event: string, from?: string, time: number, data: any,
 *   encoding?: "base64", age: "old" | "missed" | "live" }} Message
 * @typedef {Omit<Message, "channel" | "age">} Notification
 * @typedef {{ queue: string, id: string, attempt: number, data: any }} Job
 * @typedef {{ users: { user: string | null, connections: number }[], more?: boolean }} Presence
 * @typedef {{ user?: string, token?: string | (() => Promise<string>), WebSocket?: any }} Options
 */

/** Milliseconds to wait, with full jitter. */
export const backoff = (failures) => Math.random() * Math.min(30_000, 1000 * 2 ** failures);

// `42-k3f9` is offset and epoch
const offsetOf = (id) => parseInt(id) || 0;
const epochOf = (id) => id?.split("-")[1];
const isAfter = (id, other) => epochOf(id) !== epochOf(other) || offsetOf(id) > offsetOf(other);

export class Roost extends EventTarget {
  state = "closed";
  #url;
  #options;
  #link;
  #timer;
  #failures = 0;
  #ref = 0;
  /** What each link sends until answered, or always. */
  #asked = new Map();

  /** @param {string | URL} [url] @param {Options} [options] */
  constructor(url = import.meta.url, options) {
    super();
    this.#options = { WebSocket: globalThis.WebSocket, ...options };
    this.#url = new URL("ws", String(url).replace(/^http/, "ws"));
    if (!/^ws/.test(this.#url) || !this.#options.WebSocket) throw new TypeError(`no WebSocket to ${url}`);
    this.addEventListener("message", ({ detail }) => this.#asked.get(detail.channel)?.onMessage?.(detail));
  }

  /** @param {Options} [options] */
  connect(options) {
    Object.assign(this.#options, options);
    if (options) this.#drop();
    if (!this.#link) this.#open();
    return this;
  }

  close() {
    this.#drop();
    this.#become("closed");
  }

  /**
   * @param {string} channel @param {(message: Message) => void} [onMessage]
   * @param {{ since?: string, history?: number }} [options] from an id on, or with so many old messages first
   */
  subscribe = (channel, onMessage, { since, history } = {}) =>
    this.#ask(channel, { command: { type: "subscribe", channel, since }, onMessage, history, isNew: !since });
  /** @param {string} channel */
  unsubscribe = (channel) => this.#ask(channel, { command: { type: "unsubscribe", channel }, isLeft: true });

  /**
   * @type {(channel: string, data: any, options?: { event?: string, key?: string, ttl?: number, echo?: boolean }) =>
   *   Promise<{ id?: string }>}
   */
  publish = (channel, data, options) =>
    this.request("publish", { channel, data, key: `${Date.now()}${Math.random()}`, ...options }, 0);
  /**
   * @type {(channel: string, options?: { since?: string, limit?: number }) =>
   *   Promise<{ messages: Message[], complete: boolean, id?: string }>}
   */
  history = (channel, options) => this.request("history", { channel, ...options });
  /** @type {(channel: string) => Promise<Presence>} */
  presence = (channel) => this.request("presence", { channel });
  /** @param {string} [device] */
  inbox = (device) => this.#ask("\n", { command: { type: "inbox", device } });
  /** @type {(id: string) => Promise<{ unread: number }>} */
  ack = (id) => this.request("ack", { id });
  /** @param {string} queue @param {{ credit?: number, lease?: number }} [options] */
  work = (queue, options) => this.#ask(`\n${queue}`, { command: { type: "work", queue, credit: 1, ...options } });
  /** @param {Job} job */
  done = ({ queue, id }) => this.request("done", { queue, id });
  /** @param {Job} job @param {number} [delay] */
  retry = ({ queue, id }, delay) => this.request("retry", { queue, id, delay });

  /** @param {string} type @param {object} [members] @returns {Promise<any>} */
  request(type, members, timeout = 10_000, isOwn) {
    return new Promise((resolve, reject) => {
      JSON.stringify(members); // or it throws
      const ref = this.#ref += 1;
      const fail = (code, message) => this.#answer({ ref, type: "error", code, message });
      const timer = timeout && setTimeout(fail, timeout, "timeout", "no answer");
      this.#ask(ref, { command: { type, ...members }, resolve, reject, timer, fail: isOwn ? null : fail });
    });
  }

  #ask(ref, asked) {
    this.#asked.set(ref, asked);
    if (this.#asked.size > 1000) asked.fail?.("full", "too many");
    this.#flush();
  }

  #flush() {
    if (this.state !== "open") return;
    let isBusy = false;
    for (const [ref, asked] of this.#asked) {
      const { command, link } = asked;
      if (command.type === "publish") {
        // It is to come back: join first.
        const feed = this.#asked.get(command.channel);
        if (isBusy || (feed && feed.joined !== this.#link)) continue;
        isBusy = true;
      }
      if (link === this.#link) continue;
      asked.link = this.#link;
      this.#link.socket.send(JSON.stringify({ ...command, ref }));
    }
  }

  #answer(frame) {
    const { ref, type, code, message } = frame;
    const asked = this.#asked.get(ref);
    const { command, link, resolve, reject, timer } = asked ?? {};
    const error = type === "error" && Object.assign(new Error(message), { code, command });
    const isPassing = asked && /^(unavailable|overloaded|rate_limited)$/.test(code);
    if (error && (isPassing || !reject)) this.#emit("error", error);
    if (isPassing) {
      setTimeout(() => {
        if (asked.link === link) asked.link = null;
        this.#flush();
      }, backoff(1));
    } else if (error || resolve) {
      this.#asked.delete(ref);
      clearTimeout(timer);
      (error ? reject : resolve)?.(error || frame);
    }
  }

  /** Of a feed, while it is asked for. */
  #emit(type, detail, feed) {
    if (feed && this.#asked.get(detail.channel) !== feed) return;
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #become(state, more) {
    this.#emit("state", { state: this.state = state, ...more });
  }

  #after(time, action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, time);
  }

  async #open() {
    const { user, token, WebSocket } = this.#options;
    const link = this.#link = {};
    this.#after(15_000, () => this.#lost());
    this.#become("connecting");
    try {
      const query = this.#url.searchParams;
      if (user) query.set("user", user);
      if (token) query.set("token", await (typeof token === "function" ? token() : token));
      if (this.#link !== link) return;
      const socket = link.socket = new WebSocket(this.#url);
      socket.onmessage = ({ data }) => this.#link === link && this.#heard(JSON.parse(data));
      socket.onclose = (event) => this.#link === link && this.#lost(event);
      socket.onerror = () => {}; // or `ws` throws
    } catch (error) {
      this.#emit("error", error);
      if (this.#link === link) this.#lost();
    }
  }

  #lost({ code, reason } = {}) {
    const link = this.#link;
    this.#drop();
    if ([1008, 4003].includes(code)) return this.#become("closed", { code, reason });
    if (code === 1009) this.#asked.forEach((asked) => asked.link === link && asked.fail?.("too_large", "closed: 1009"));
    if (Date.now() - link.openedAt > 10_000) this.#failures = 0;
    const delay = backoff(this.#failures++);
    this.#after(delay, () => this.#open());
    this.#become("waiting", { code, reason, retryAt: Date.now() + delay });
    if (code === 4001 && typeof this.#options.token === "string") {
      this.#answer({ type: "error", code, message: reason });
    }
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#link?.socket?.close();
    this.#link = null;
  }

  #heard(frame) {
    const { type, channel } = frame;
    const link = this.#link;
    const feed = this.#asked.get(channel);
    this.#after(25_000, () => {
      link.socket.send('{"type":"ping"}');
      this.#after(10_000, () => this.#lost());
    });
    if (type === "welcome") {
      link.openedAt = Date.now();
      this.#become("open");
    } else if (feed && /^(message|gap|subscribed)$/.test(type)) {
      if (type === "subscribed" && !feed.isLeft) feed.joined = link;
      const give = () => this.#link === link && this.#give(feed, frame);
      if (feed.joined === link) feed.given = Promise.resolve(feed.given).then(give);
    } else if (type !== "error") {
      if (type === "unsubscribed" && feed?.isLeft) this.#asked.delete(channel);
      this.#emit("unread" in frame ? "read" : type, frame);
    }
    if (type === "message") return;
    this.#answer(frame);
    this.#flush();
  }

  /** In order: what is newer waits for what is missing. */
  async #give(feed, frame) {
    const { type, id, channel } = frame;
    const { isNew, history, command } = feed;
    const gap = () => this.#emit("gap", { channel }, feed);
    if (type === "message") return this.#pass(feed, frame, "live");
    if (frame.recovered) feed.missedTo = id;
    else if (isNew ? history && id : command.since || id) await this.#fill(feed).catch(gap);
    else if (!isNew) gap();
    command.since ??= id;
    feed.isNew = false;
    if (type === "subscribed") this.#emit(type, frame, feed);
  }

  async #fill(feed) {
    const { isNew, history, command } = feed;
    const { channel, since } = command;
    const page = { channel, since, limit: isNew ? history : 1000 };
    const { messages, complete, id } = await this.request("history", page, 0, true);
    const isWhole = isNew || (since && complete) || offsetOf(messages[0]?.id) === offsetOf(since) + 1;
    if (!isWhole) this.#emit("gap", { channel }, feed);
    for (const message of messages) this.#pass(feed, message, isNew ? "old" : "missed");
    if (!since || complete || this.#asked.get(channel) !== feed) return;
    if (epochOf(id) !== epochOf(since)) command.since = undefined;
    if (![since, id].includes(command.since)) await this.#fill(feed);
  }

  #pass(feed, message, age) {
    const { command, missedTo } = feed;
    const { id } = message;
    if (offsetOf(id)) {
      if (!isAfter(id, command.since)) return;
      command.since = id;
      if (missedTo && !isAfter(id, missedTo)) age = "missed";
    }
    this.#emit("message", { ...message, age }, feed);
  }
}

export default Roost;
