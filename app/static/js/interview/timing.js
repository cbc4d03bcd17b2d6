// How long each question was in front of the interviewer, and how often its answer was changed.
// Kept as totals by question, so that sending them twice changes nothing.
export class Timing {
  #now;
  #since;
  #answered;
  current = null; // the question that time is added to

  // kept: {ms, changes} of an earlier sitting; answered: the questions that have an answer already.
  constructor(kept, answered, now = () => performance.now()) {
    this.ms = kept.ms;
    this.changes = kept.changes;
    this.#answered = new Set(answered);
    this.#now = now;
    this.#since = now();
  }

  // Add what has passed to the current question.
  charge() {
    const now = this.#now();
    if (this.current) this.ms[this.current] = (this.ms[this.current] ?? 0) + Math.round(now - this.#since);
    this.#since = now;
  }

  // Time while nobody sees the page is not counted.
  resume() {
    this.#since = this.#now();
  }

  arrive(name) {
    if (name === this.current) return;
    this.charge();
    this.current = name;
  }

  // An answer was given, or taken back: only the first one is no change.
  answer(name, given) {
    if (this.#answered.has(name)) this.changes[name] = (this.changes[name] ?? 0) + 1;
    if (given) this.#answered.add(name);
  }

  // As the server reads them: pairs of field and number, of these questions or of all.
  fields(names = Object.keys({ ...this.ms, ...this.changes })) {
    const found = [];
    for (const name of names) {
      if (name in this.ms) found.push([`ms_${name}`, this.ms[name]]);
      if (name in this.changes) found.push([`changes_${name}`, this.changes[name]]);
    }
    return found;
  }
}
