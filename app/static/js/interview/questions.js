// The form of an interview and its questions, ticks and checks (steps): which are asked now, and what is answered.
export const CHOICE = "input[type=radio], input[type=checkbox]";
export const TYPED = "textarea, input[type=text], input[type=date]";

export const form = document.getElementById("interview");
export const hidden = (name) => form.elements.namedItem(name);

export const steps = () => [...form.querySelectorAll("[data-question]")].filter((step) => !step.closest("[hidden]"));
export const stepOf = (element) => element?.closest?.("[data-question]");
export const named = (name) => form.querySelector(`[data-question="${CSS.escape(name)}"]`);
export const nameOf = (step) => step.dataset.question;

// A check of something unusual is answered when the form is handed in, not kept as an answer.
export const isCheck = (step) => "check" in step.dataset;

const controls = (step) => [...step.querySelectorAll(`${CHOICE}, ${TYPED}`)];
const given = (step) => controls(step).filter((one) => (one.matches(CHOICE) ? one.checked : one.value.trim()));
export const isAnswered = (step) => given(step).length > 0;

// The fields of a step as they are sent: pairs of name and value.
export const values = (step) => given(step).map((one) => [one.name, one.value]);

export function fill(step, fields) {
  for (const control of controls(step)) {
    const own = fields.filter(([field]) => field === control.name).map(([, value]) => value);
    if (control.matches(CHOICE)) control.checked = own.includes(control.value);
    else control.value = own[0] ?? "";
  }
}
