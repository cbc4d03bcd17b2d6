// Answers by keyboard, and an Enter that never sends: the interview works without this file, only slower.
"use strict";
{
  const form = document.getElementById("interview");
  const questions = () => [...form.querySelectorAll("[data-question]")].filter((q) => !q.hidden);
  const typing = (element) => element?.matches("textarea, input:not([type=radio]):not([type=checkbox])");

  // The question being asked: the one with the focus, else the first without an answer.
  const present = () =>
    document.activeElement?.closest("[data-question]") ??
    questions().find((q) => !q.querySelector("input:checked") && q.querySelector("input[type=radio]"));

  const goTo = (question) => {
    const field = question?.querySelector("input:checked, input, textarea");
    if (!field) return;
    field.focus({ preventScroll: true });
    question.scrollIntoView({ block: "center" });
  };

  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(document.activeElement)) return;
    const question = present();
    const option = question?.querySelectorAll("input[type=radio], input[type=checkbox]")[event.key - 1];
    if (!option) return;
    event.preventDefault();
    option.click();
    if (option.type === "checkbox") {
      option.focus();
      return;
    }
    const shown = questions();
    goTo(shown[shown.indexOf(question) + 1] ?? question);
  });

  // Leaving with answers that were not handed in asks first.
  let touched = false;
  form.addEventListener("change", () => {
    touched = true;
  });
  form.addEventListener("submit", () => {
    touched = false;
  });
  addEventListener("beforeunload", (event) => {
    if (touched) event.preventDefault();
  });
}
