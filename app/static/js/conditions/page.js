// Shows each question only when it applies. The server decides in any case.
import { asked } from "./language.js";

function answerOf(question) {
  const boxes = [...question.querySelectorAll("input[type=checkbox]")];
  if (boxes.length) return boxes.filter((box) => box.checked).map((box) => box.value);
  const radios = question.querySelectorAll("input[type=radio]");
  if (radios.length) return [...radios].find((radio) => radio.checked)?.value;
  return question.querySelector("input, select, textarea")?.value.trim();
}

const questions = [...document.querySelectorAll("[data-question]")].map((element) => ({
  element,
  name: element.dataset.question,
  when: element.dataset.when ? JSON.parse(element.dataset.when) : null,
  answer: () => answerOf(element),
}));

function refresh() {
  const shown = new Set(asked(questions));
  for (const question of questions) question.element.hidden = !shown.has(question);
  for (const section of document.querySelectorAll("[data-section]")) {
    section.hidden = ![...section.querySelectorAll("[data-question]")].some((question) => !question.hidden);
  }
}

document.documentElement.classList.add("conditions-live");
refresh();
document.addEventListener("input", refresh);
document.addEventListener("change", refresh);
addEventListener("pageshow", refresh); // the browser restores answers when one comes back
