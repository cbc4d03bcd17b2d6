// An interview by keyboard, kept answer by answer. Works without scripts too, only slower: a button saves then.
// Here the parts are made and the events of the page are given to them.
import "../conditions/page.js"; // first: which questions are shown is known before one is gone to
import { onKey } from "./keys.js";
import { Moving, goTo } from "./moving.js";
import { TYPED, form, hidden, isAnswered, isCheck, nameOf, stepOf, steps } from "./questions.js";
import { Saving } from "./saving.js";
import { Timing } from "./timing.js";

const TYPING = 700; // milliseconds without a further letter until a text is sent
const MOVING = 50;

const position = hidden("position");
const spent = JSON.parse(form.dataset.spent || '{"ms":{},"changes":{}}');
const timing = new Timing(spent, steps().filter(isAnswered).map(nameOf));
const saving = new Saving(timing);
const moving = new Moving(timing, () => saving.soon(MOVING));

function arrived(step) {
  timing.arrive(nameOf(step));
  if (!isCheck(step)) position.value = nameOf(step);
}

function changed(event) {
  const step = stepOf(event.target);
  if (!step) return saving.soon();
  if (!event.target.matches("[type=checkbox]")) timing.answer(nameOf(step), isAnswered(step));
  return saving.touch(step, 0);
}

function calledAway(event) {
  const link = event.target.closest("a[data-change]");
  const step = link && stepOf(document.getElementById(link.hash.slice(1)));
  if (!step) return;
  event.preventDefault();
  moving.callAway(step);
}

form.addEventListener("focusin", (event) => {
  const step = stepOf(event.target);
  if (step) arrived(step);
});
form.addEventListener("input", (event) => {
  const step = stepOf(event.target);
  if (step && event.target.matches(TYPED)) saving.touch(step, TYPING);
});
form.addEventListener("change", changed);
form.addEventListener("click", calledAway);
document.addEventListener("keydown", (event) => onKey(event, moving));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) timing.charge();
  else timing.resume();
});
addEventListener("online", () => saving.soon());

saving.recall();

form.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) saving.handOver();
});
form.addEventListener("formdata", (event) => {
  for (const [field, number] of timing.fields()) event.formData.append(field, number);
});
addEventListener("beforeunload", (event) => {
  if (!saving.isComplete) event.preventDefault();
});
addEventListener("pagehide", () => saving.leave());
addEventListener("pageshow", () => saving.comeBack());

if (!document.querySelector("[data-focus]")) {
  const start = steps().find((step) => nameOf(step) === position.value);
  goTo(start ?? steps()[0], Boolean(start));
}
