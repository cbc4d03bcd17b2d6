// Digits answer and move on, Enter and the up and down arrows only move, left and right choose within a question as the
// browser does it: so scrolling never changes an answer, and Enter never sends one.
import { alone } from "../shared/keyboard.js";
import { finish, goTo } from "./moving.js";
import { TYPED, stepOf } from "./questions.js";

// Each of these says whether the key was for it.
function enter({ target, shiftKey }, moving) {
  if (target.matches("a, button, summary") || (target.matches("textarea") && shiftKey)) return false;
  const step = stepOf(target);
  if (step) moving.move(step, shiftKey ? -1 : 1);
  else goTo(moving.present());
  return true;
}

function arrow({ target }, moving, by) {
  const step = stepOf(target);
  if (target === finish && by < 0) moving.move(null, by);
  else if (step && !target.matches("textarea")) moving.move(step, by);
  else return false;
  return true;
}

const digit = ({ key, target }, moving) => !target.matches(TYPED) && moving.choose(moving.present(), Number(key));

function act(event, moving) {
  if (event.key === "Enter") return enter(event, moving);
  if (event.key === "ArrowUp") return arrow(event, moving, -1);
  if (event.key === "ArrowDown") return arrow(event, moving, 1);
  return /^[1-9]$/.test(event.key) && digit(event, moving);
}

export function onKey(event, moving) {
  if (alone(event) && !event.defaultPrevented && act(event, moving)) event.preventDefault();
}
