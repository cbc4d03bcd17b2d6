// The names of questions whose answers the server does not have yet: waiting, or on their way to it.
export class Backlog {
  #waiting = new Set();
  #sending = null;

  add(name) {
    this.#waiting.add(name);
  }

  // Those waiting are on their way from now on; one message at a time.
  take() {
    this.#sending = [...this.#waiting];
    this.#waiting.clear();
    return this.#sending;
  }

  // The message came to an end; what it said waits again if it has to be repeated.
  settle(again) {
    if (again) for (const name of this.#sending) this.#waiting.add(name);
    this.#sending = null;
  }

  get waits() {
    return this.#waiting.size > 0;
  }

  get isSending() {
    return this.#sending !== null;
  }

  get names() {
    return [...this.#waiting, ...(this.#sending ?? [])];
  }
}

const FIRST = 2000;
const LONGEST = 30_000;

// Milliseconds until the next try, after so many before the last one.
export const longer = (wait) => (wait ? Math.min(wait * 2, LONGEST) : FIRST);
