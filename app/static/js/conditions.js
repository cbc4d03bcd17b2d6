// Shows each question only when it applies: the condition language of surveys/questionnaire/conditions.py, live.
// Questions are read in order and only answers that themselves apply count, as the server does it; the server decides.
"use strict";
{
  const questions = [...document.querySelectorAll("[data-question]")];
  const conditions = new Map(questions.map((q) => [q, q.dataset.when ? JSON.parse(q.dataset.when) : null]));
  const given = (answer) => answer !== undefined && answer !== "" && !(Array.isArray(answer) && !answer.length);

  const holds = (condition, answers) => {
    if (condition.all) return condition.all.every((part) => holds(part, answers));
    if (condition.any) return condition.any.some((part) => holds(part, answers));
    if (condition.not) return !holds(condition.not, answers);
    const answer = answers[condition.question];
    if (condition.in) return [answer].flat().some((code) => condition.in.includes(code));
    if ("below" in condition) return given(answer) && /^\s*-?\d+\s*$/.test(answer) && Number(answer) < condition.below;
    if ("before" in condition) return given(answer) && answer < condition.before; // ISO days are in order as texts
    return given(answer) === condition.answered;
  };

  const answerOf = (question) => {
    const boxes = [...question.querySelectorAll("input[type=checkbox]")];
    if (boxes.length) return boxes.filter((box) => box.checked).map((box) => box.value);
    const radios = question.querySelectorAll("input[type=radio]");
    if (radios.length) return [...radios].find((radio) => radio.checked)?.value;
    return question.querySelector("input, select, textarea")?.value.trim();
  };

  const refresh = () => {
    const answers = {};
    for (const question of questions) {
      const condition = conditions.get(question);
      question.hidden = Boolean(condition) && !holds(condition, answers);
      if (!question.hidden) answers[question.dataset.question] = answerOf(question);
    }
    for (const section of document.querySelectorAll("[data-section]")) {
      section.hidden = ![...section.querySelectorAll("[data-question]")].some((question) => !question.hidden);
    }
  };

  document.documentElement.classList.add("conditions-live");
  refresh();
  document.addEventListener("input", refresh);
  document.addEventListener("change", refresh);
  addEventListener("pageshow", refresh); // the browser restores answers when one comes back
}
