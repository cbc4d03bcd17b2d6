// From question to question.
import { CHOICE, TYPED, form, isAnswered, isCheck, nameOf, stepOf, steps } from "./questions.js";

export const finish = document.getElementById("finish");
const review = document.getElementById("review");
const bar = document.querySelector(".interview-bar");
const opening = form.querySelector(".opening");

// The first question comes into sight as long as the greeting stays there too.
function peek(step) {
  const below = step.getBoundingClientRect().bottom + bar.offsetHeight - innerHeight;
  if (below > 0 && below < opening.getBoundingClientRect().top) scrollBy(0, below);
}

// Without a step, to the button at the end.
export function goTo(step, scroll = true) {
  if (!step) {
    finish.focus({ preventScroll: true });
    finish.scrollIntoView({ block: "center" });
    return;
  }
  const field = step.querySelector("input:checked") ?? step.querySelector(`${CHOICE}, ${TYPED}`);
  field.focus({ preventScroll: true });
  if (field.matches("input[type=text]")) field.select();
  if (scroll) step.scrollIntoView({ block: "center" });
  else peek(step);
}

const openCheck = (shown) => shown.find((step) => isCheck(step) && !isAnswered(step));

export class Moving {
  #timing;
  #moved;
  #returning = false; // called away from the end to change one answer, the way goes back there

  // moved is called after each move.
  constructor(timing, moved) {
    this.#timing = timing;
    this.#moved = moved;
  }

  // By so many steps from a step; from the end without one.
  move(step, by) {
    const shown = steps();
    if (this.#returning && by > 0 && step && !review.contains(step)) {
      this.#returning = false;
      goTo(openCheck(shown));
    } else {
      const place = step ? shown.indexOf(step) + by : shown.length - 1;
      goTo(shown[Math.max(place, 0)]);
    }
    this.#moved();
  }

  // The step that keys are for, wherever the focus is.
  present() {
    const focused = stepOf(document.activeElement);
    if (focused) return focused;
    const shown = steps();
    if (review) return openCheck(shown);
    return shown.find((step) => nameOf(step) === this.#timing.current) ?? shown.find((step) => !isAnswered(step));
  }

  // Take the option with this number; false when there is none.
  choose(step, digit) {
    const option = step?.querySelectorAll(`${CHOICE}, a[data-change]`)[digit - 1];
    if (!option) return false;
    option.click();
    if (option.matches("a")) return true;
    if (option.type === "checkbox" && !isCheck(step)) option.focus();
    else this.move(step, 1);
    return true;
  }

  callAway(step) {
    this.#returning = true;
    goTo(step);
  }
}
