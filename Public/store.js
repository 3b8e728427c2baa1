/** Web storage that cannot fail: what the browser will not keep (it is blocked, full) is in memory. */
export class Store {
  #area = null;
  #memory = new Map();

  /** @param open returns the area: naming `localStorage` throws where it is blocked. */
  constructor(open) {
    this.#area = attempt(open);
  }

  get(key) {
    return this.#memory.get(key) ?? attempt(() => this.#area.getItem(key));
  }

  /** Null where there is none, or it is broken. */
  getJSON(key) {
    return attempt(() => JSON.parse(this.get(key)));
  }

  set(key, text) {
    const isKept = attempt(() => this.#area.setItem(key, text) ?? true);
    if (isKept) this.#memory.delete(key);
    else this.#memory.set(key, text);
  }

  remove(key) {
    this.#memory.delete(key);
    attempt(() => this.#area.removeItem(key));
  }

  keys(prefix) {
    const keys = [...this.#memory.keys(), ...(attempt(() => Object.keys(this.#area)) ?? [])];
    return keys.filter((key) => key.startsWith(prefix));
  }
}

function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}
