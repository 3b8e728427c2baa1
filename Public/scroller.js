/** Keeps a log at its end while the reader is there. */
export class Scroller {
  #view;
  #button;
  #isAtEnd = true;
  #news = 0;

  /** @param button leads from elsewhere in the view to what came meanwhile. */
  constructor(view, button) {
    this.#view = view;
    this.#button = button;
    view.addEventListener("scroll", () => this.#look(), { passive: true });
    button.addEventListener("click", () => {
      view.focus();
      this.toEnd();
    });
    new ResizeObserver(() => this.#isAtEnd && this.toEnd()).observe(view);
  }

  toEnd() {
    this.#isAtEnd = true;
    this.#view.scrollTop = this.#view.scrollHeight;
    this.#count(0);
  }

  /** Runs `change`, which adds lines, and may return how many are news. */
  adding(change) {
    const news = change() ?? 0;
    if (this.#isAtEnd) this.toEnd();
    else this.#count(this.#news + news);
  }

  /** Runs `change`, which removes lines at the top: the others stay in place. */
  trimming(change) {
    const height = this.#view.scrollHeight;
    change();
    if (this.#isAtEnd) this.toEnd();
    else this.#view.scrollTop -= height - this.#view.scrollHeight;
  }

  #look() {
    const { scrollHeight, scrollTop, clientHeight } = this.#view;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < 48;
    if (this.#isAtEnd) this.#count(0);
  }

  #count(news) {
    this.#news = news;
    this.#button.hidden = news === 0;
    this.#button.textContent = `${news} new ${news === 1 ? "message" : "messages"}`;
  }
}
