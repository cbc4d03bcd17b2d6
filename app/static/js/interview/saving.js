// Sends answers to the server as they are given, and says whether it has them.
import { announce } from "../shared/announce.js";
import { Backlog, longer } from "./backlog.js";
import { form, hidden, isCheck, named, nameOf, values } from "./questions.js";
import { forget, recall, remember } from "./tab.js";

const status = document.getElementById("saved");

function tell(text, failed) {
  announce(status, text);
  status.classList.toggle("failed", failed);
}

function placeOfProblem(step) {
  const place = document.createElement("p");
  place.className = "field-error";
  place.dataset.problem = "";
  place.setAttribute("role", "alert");
  step.querySelector("fieldset, .field").append(place);
  return place;
}

// What is wrong with the answer to a question; without a text, nothing is.
function complain(step, text) {
  const place = step.querySelector("[data-problem]") ?? (text ? placeOfProblem(step) : null);
  if (!place) return;
  place.textContent = text ?? "";
  place.hidden = !text;
}

// The body of a message with the answers to these questions.
function message(names, timing) {
  const body = new URLSearchParams();
  for (const name of ["csrf_token", "submission_key", "started_at", "position"]) body.append(name, hidden(name).value);
  const wording = form.querySelector("[name=wording]:checked");
  if (wording) body.append("wording", wording.value);
  for (const name of names) {
    body.append("saved", name);
    for (const [field, value] of values(named(name))) body.append(field, value);
  }
  for (const [field, number] of timing.fields(names)) body.append(field, number);
  if (!names.includes("witness")) body.append("witness", hidden("witness").value);
  return body;
}

export class Saving {
  #timing;
  #backlog = new Backlog();
  #timer = 0;
  #wait = 0; // milliseconds until a message that failed is repeated
  #begun = status.textContent !== ""; // the server has a draft
  #leaving = false;
  #ending = new AbortController();

  constructor(timing) {
    this.#timing = timing;
  }

  // Send what waits, unless something is on its way.
  async send(keepalive = false) {
    clearTimeout(this.#timer);
    if (this.#leaving || this.#backlog.isSending || !(this.#backlog.waits || this.#begun)) return;
    const names = this.#backlog.take();
    this.#timing.charge();
    const trouble = await this.#post(names, keepalive);
    const again = trouble && !this.#leaving;
    this.#backlog.settle(again);
    if (again) {
      tell(status.dataset[trouble], true);
      this.#wait = longer(this.#wait);
    }
    remember(this.#backlog.names);
    if (!this.#leaving && this.#backlog.waits) this.#sendIn(this.#wait);
  }

  // Resolves to why it has to be sent again: "stale", "failed", or nothing.
  async #post(names, keepalive) {
    try {
      const response = await fetch(form.dataset.save, {
        method: "POST",
        body: message(names, this.#timing),
        redirect: "manual",
        keepalive,
        signal: this.#ending.signal,
        headers: { Accept: "application/json" },
      });
      if (response.status === 409) tell((await response.json()).problem, true);
      else if (response.ok) this.#kept(await response.json(), names);
      // Signed out, by a new sign-in elsewhere too: only opening the page anew helps, and what is unsaved survives that.
      else return response.type === "opaqueredirect" || response.status === 400 ? "stale" : "failed";
      return "";
    } catch {
      return "failed";
    }
  }

  #kept(answer, names) {
    this.#begun = true;
    this.#wait = 0;
    hidden("submission_key").value = answer.key;
    for (const name of names) complain(named(name), answer.problems[name]);
    if (!this.#backlog.waits) tell(status.dataset.saved.replace("{clock}", answer.saved), false);
  }

  #sendIn(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.send(), delay);
  }

  // After a failure no sooner than the next try is due.
  soon(delay = 0) {
    this.#sendIn(this.#wait || delay);
  }

  // The answer to this question has changed.
  touch(step, delay) {
    if (isCheck(step)) return;
    this.#backlog.add(nameOf(step));
    remember(this.#backlog.names);
    this.soon(delay);
  }

  // Fill in and send what the tab had kept of an earlier page.
  recall() {
    recall((name) => this.#backlog.add(name));
    if (!this.#backlog.waits) return;
    document.dispatchEvent(new Event("change"));
    this.soon();
  }

  get isComplete() {
    return this.#leaving || !this.#backlog.names.length;
  }

  // The form is handed in and says it all itself; a message still on its way would only come too late.
  handOver() {
    this.#leaving = true;
    this.#timing.charge();
    clearTimeout(this.#timer);
    this.#ending.abort();
  }

  // The page goes out of sight, perhaps for good.
  leave() {
    if (this.#leaving) forget();
    else if (this.#backlog.waits) this.send(true);
  }

  comeBack() {
    this.#leaving = false;
    this.#ending = new AbortController();
  }
}
