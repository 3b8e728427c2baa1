const prefix = "roost.outbox.";
const mostEntries = 100;
const mostCharacters = 1_000_000;

/**
 * What is not known to have arrived, in order: `{key, channel, nick, text, at, failed}` (`at` in milliseconds since
 * 1970; `failed` is the server's reason, or null). Each tab has a slot in the storage, with the time when it was last
 * alive: adopt.js takes over those of pages that are gone.
 */
export class Outbox {
  entries = [];
  #store;
  #slot = prefix + randomKey();

  constructor(store) {
    this.#store = store;
  }

  /** Adds a line, or returns null where as much waits as may. */
  add(line) {
    const held = this.entries.reduce((sum, { text }) => sum + text.length, line.text.length);
    if (this.entries.length >= mostEntries || held > mostCharacters) return null;
    const entry = { ...line, key: randomKey(), at: Date.now(), failed: null };
    this.entries.push(entry);
    this.save();
    return entry;
  }

  get waiting() {
    return this.entries.filter(({ failed }) => failed === null);
  }

  get others() {
    return this.#store.keys(prefix).filter((slot) => slot !== this.#slot);
  }

  find(key) {
    return this.entries.find((entry) => entry.key === key);
  }

  remove(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    this.save();
  }

  fail(entry, reason) {
    entry.failed = reason;
    this.save();
  }

  requeue(entry) {
    entry.failed = null;
    this.entries = [...this.entries.filter((other) => other !== entry), entry];
    this.save();
  }

  /** Writes all down, and that this page lives; with 0, that it is gone. */
  save(alive = Date.now()) {
    if (this.entries.length === 0) this.#store.remove(this.#slot);
    else this.#store.set(this.#slot, JSON.stringify({ alive, entries: this.entries }));
  }
}

function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join("");
}
