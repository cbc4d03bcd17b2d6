// The interview form: shows only questions that apply, and takes answers from the keyboard.
// Without this script every question is shown, with a sentence saying when it applies.
(function () {
  "use strict";
  const form = document.querySelector("form[data-interview]");
  if (!form) return;
  const questions = Array.from(form.querySelectorAll("[data-question]"));

  function answer(id) {
    const inputs = Array.from(form.querySelectorAll('[name="' + CSS.escape(id) + '"]'));
    if (!inputs.length || inputs[0].closest("[hidden]")) return [];
    return inputs
      .filter((input) => (input.type === "radio" || input.type === "checkbox" ? input.checked : input.value.trim() !== ""))
      .map((input) => input.value);
  }
  function holds(condition) {
    if (condition.all) return condition.all.every(holds);
    if (condition.any) return condition.any.some(holds);
    if (condition.not) return !holds(condition.not);
    const given = answer(condition.question);
    if (condition.in) return given.some((code) => condition.in.includes(code));
    if ("below" in condition) return given.length > 0 && Number(given[0]) < condition.below;
    if ("answered" in condition) return given.length > 0 === condition.answered;
    return true;
  }
  function refresh() {
    for (const question of questions) {
      if (question.dataset.when) question.hidden = !holds(JSON.parse(question.dataset.when));
      const sentence = question.querySelector(".when");
      if (sentence) sentence.hidden = true;
    }
    for (const section of form.querySelectorAll("[data-section]")) {
      section.hidden = !section.querySelector("[data-question]:not([hidden])");
    }
    const shown = questions.filter((question) => !question.hidden);
    const done = shown.filter((question) => answer(question.dataset.question).length > 0).length;
    const progress = form.querySelector("[data-progress]");
    if (progress) progress.textContent = progress.dataset.progress.replace("{done}", done).replace("{all}", shown.length);
  }
  function next(from) {
    const shown = questions.filter((question) => !question.hidden);
    const following = shown[shown.indexOf(from) + 1];
    const target = following ? following.querySelector("input, textarea, select") : form.querySelector("button[type=submit]");
    if (target) {
      target.focus();
      (following || target).scrollIntoView({ block: "center" });
    }
  }
  form.addEventListener("change", refresh);
  form.addEventListener("keydown", function (event) {
    const typing = event.target.matches("textarea, input[type=text], input[type=number]");
    if (event.key === "Enter" && !event.target.matches("textarea, button, a, summary")) {
      event.preventDefault(); // Enter never submits the interview
      const question = event.target.closest("[data-question]");
      if (question) next(question);
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key)) return;
    const question = event.target.closest("[data-question]");
    const option = question && question.querySelector('input[data-key="' + event.key + '"]');
    if (!option) return;
    event.preventDefault();
    option.click();
    if (option.type === "radio") next(question);
  });
  refresh();
})();
