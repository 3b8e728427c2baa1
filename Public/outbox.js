const prefix = "roost.outbox.";
const mostEntries = 100;
const mostCharacters = 1_000_000;
const staleAfter = 180_000;

/**
 * What was written and is not known to have arrived, in order: `{key, channel, nick, text, at, failed}` (`at` in
 * milliseconds since 1970; `failed` is the server's reason, or null).
 *
 * Tabs share the storage, so each has a slot in it, with the time when it was last alive. A page that goes (or is
 * reloaded) gives its slot up and the next one adopts it; that of a crashed page once it is stale.
 */
export class Outbox {
  entries = [];
  #store;
  #slot = prefix + randomKey();

  constructor(store) {
    this.#store = store;
  }

  /** Adds a line at the end, or returns null where as much waits as may. */
  add(line) {
    const held = this.entries.reduce((sum, { text }) => sum + text.length, line.text.length);
    if (this.entries.length >= mostEntries || held > mostCharacters) return null;
    const entry = { ...line, key: randomKey(), at: Date.now(), failed: null };
    this.entries.push(entry);
    this.save();
    return entry;
  }

  /** The lines that go by themselves. */
  get waiting() {
    return this.entries.filter(({ failed }) => failed === null);
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

  /** Back into the queue, behind what waits there. */
  requeue(entry) {
    entry.failed = null;
    this.entries = [...this.entries.filter((other) => other !== entry), entry];
    this.save();
  }

  /** Takes over what pages that are gone left behind, before its own, and returns it. */
  adopt() {
    const adopted = [];
    for (const slot of this.#store.keys(prefix)) {
      const left = this.#store.getJSON(slot);
      if (slot === this.#slot || left?.alive > Date.now() - staleAfter) continue;
      this.#store.remove(slot);
      if (Array.isArray(left?.entries)) adopted.push(...left.entries.filter(isEntry));
    }
    this.entries = [...adopted, ...this.entries];
    this.save();
    return adopted;
  }

  /** Writes everything down, and that this page lives; with 0, that it is gone. */
  save(alive = Date.now()) {
    if (this.entries.length === 0) this.#store.remove(this.#slot);
    else this.#store.set(this.#slot, JSON.stringify({ alive, entries: this.entries }));
  }
}

/** Others can write to the storage, too. */
function isEntry(entry) {
  return [entry?.key, entry?.channel, entry?.nick, entry?.text].every((field) => typeof field === "string")
    && !Number.isNaN(new Date(entry.at).getTime()) && (entry.failed === null || typeof entry.failed === "string");
}

function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join("");
}
