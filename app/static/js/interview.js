// An interview by keyboard, kept answer by answer. Works without this file too, only slower: a button saves then.
//
// Digits answer and move on, Enter and the up and down arrows only move, left and right choose within a question as the
// browser does it: so scrolling never changes an answer, and Enter never sends one.
"use strict";
{
  const form = document.getElementById("interview");
  const finish = document.getElementById("finish");
  const status = document.getElementById("saved");
  const review = document.getElementById("review");
  const position = form.elements.namedItem("position");
  const CHOICE = "input[type=radio], input[type=checkbox]";
  const TYPED = "textarea, input[type=text], input[type=date]";

  // The questions, ticks and checks that are asked now, in order.
  const steps = () => [...form.querySelectorAll("[data-question]")].filter((step) => !step.closest("[hidden]"));
  const stepOf = (element) => element?.closest?.("[data-question]");
  const named = (name) => form.querySelector(`[data-question="${CSS.escape(name)}"]`);
  const nameOf = (step) => step.dataset.question;
  const controls = (step) => [...step.querySelectorAll(`${CHOICE}, ${TYPED}`)];
  const given = (step) => controls(step).filter((one) => (one.matches(CHOICE) ? one.checked : one.value.trim()));

  // ---- time and changes by question: totals, so that saying them twice changes nothing

  const spent = JSON.parse(form.dataset.spent || '{"ms":{},"changes":{}}');
  let current = null;
  let since = performance.now();
  const charge = () => {
    const now = performance.now();
    if (current) spent.ms[nameOf(current)] = (spent.ms[nameOf(current)] ?? 0) + Math.round(now - since);
    since = now;
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) charge();
    else since = performance.now();
  });

  const arrive = (step) => {
    if (step === current) return;
    charge();
    current = step;
    if (step && !("check" in step.dataset)) position.value = nameOf(step);
  };

  // ---- keeping: what is not yet kept stays in the tab until the server says it is

  const store = `interview:${form.dataset.save}`;
  const unsaved = new Set();
  let sending = null;
  let leaving = false;
  let ending = new AbortController();
  let begun = status.textContent !== "";
  let timer = 0;
  let wait = 0;

  const values = (step) => given(step).map((one) => [one.name, one.value]);
  const remember = () => {
    try {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith("interview:") && key !== store) sessionStorage.removeItem(key);
      }
      const names = [...unsaved, ...(sending ?? [])];
      if (!names.length) sessionStorage.removeItem(store);
      else sessionStorage.setItem(store, JSON.stringify(names.map((name) => [name, values(named(name))])));
    } catch {
      // A tab without storage still sends.
    }
  };

  const message = (names) => {
    const body = new URLSearchParams();
    for (const name of ["csrf_token", "submission_key", "started_at", "position"]) {
      body.append(name, form.elements.namedItem(name).value);
    }
    const wording = form.querySelector("[name=wording]:checked");
    if (wording) body.append("wording", wording.value);
    for (const name of names) {
      const step = named(name);
      body.append("saved", name);
      for (const [field, value] of values(step)) body.append(field, value);
      if (name in spent.ms) body.append(`ms_${name}`, spent.ms[name]);
      if (name in spent.changes) body.append(`changes_${name}`, spent.changes[name]);
    }
    if (!names.includes("witness")) body.append("witness", form.elements.namedItem("witness").value);
    return body;
  };

  const tell = (text, failed) => {
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("failed", failed);
  };

  const complain = (step, text) => {
    let place = step.querySelector("[data-problem]");
    if (!place) {
      if (!text) return;
      place = document.createElement("p");
      place.className = "field-error";
      place.dataset.problem = "";
      place.setAttribute("role", "alert");
      step.querySelector("fieldset, .field").append(place);
    }
    place.textContent = text ?? "";
    place.hidden = !text;
  };

  const kept = (answer, names) => {
    begun = true;
    wait = 0;
    form.elements.namedItem("submission_key").value = answer.key;
    for (const name of names) complain(named(name), answer.problems[name]);
    if (!unsaved.size) tell(status.dataset.saved.replace("{clock}", answer.saved), false);
  };

  const send = async (keepalive = false) => {
    clearTimeout(timer);
    if (leaving || sending || !(unsaved.size || begun)) return;
    const names = [...unsaved];
    sending = names;
    unsaved.clear();
    charge();
    let again = "";
    try {
      const response = await fetch(form.dataset.save, {
        method: "POST", body: message(names), redirect: "manual", keepalive, signal: ending.signal,
        headers: { Accept: "application/json" },
      });
      if (response.status === 409) tell((await response.json()).problem, true);
      else if (response.ok) kept(await response.json(), names);
      // Signed out, by a new sign-in elsewhere too: only opening the page anew helps, and what is unsaved survives that.
      else again = response.type === "opaqueredirect" || response.status === 400 ? "stale" : "failed";
    } catch {
      again = "failed";
    }
    sending = null;
    if (again && !leaving) {
      for (const name of names) unsaved.add(name);
      tell(status.dataset[again], true);
      wait = Math.min((wait || 1000) * 2, 30000);
    }
    remember();
    if (!leaving && (again || unsaved.size)) timer = setTimeout(send, wait);
  };
  const soon = (delay = 0) => {
    clearTimeout(timer);
    timer = setTimeout(send, wait || delay);
  };
  addEventListener("online", () => soon());

  const answered = new Set(steps().filter((step) => given(step).length).map(nameOf));
  const touch = (step, delay) => {
    if ("check" in step.dataset) return;
    unsaved.add(nameOf(step));
    remember();
    soon(delay);
  };
  form.addEventListener("input", (event) => {
    const step = stepOf(event.target);
    if (step && event.target.matches(TYPED)) touch(step, 700);
  });
  form.addEventListener("change", (event) => {
    const step = stepOf(event.target);
    if (!step) return soon();
    const name = nameOf(step);
    if (!event.target.matches("[type=checkbox]")) {
      if (answered.has(name)) spent.changes[name] = (spent.changes[name] ?? 0) + 1;
      if (given(step).length) answered.add(name);
    }
    touch(step, 0);
  });

  // ---- moving

  // The first question comes into sight as long as the greeting stays there too.
  const peek = (step) => {
    const hidden = step.getBoundingClientRect().bottom + status.parentElement.offsetHeight - innerHeight;
    const above = form.querySelector(".opening").getBoundingClientRect().top;
    if (hidden > 0 && hidden < above) scrollBy(0, hidden);
  };

  const goTo = (step, scroll = true) => {
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
  };
  form.addEventListener("focusin", (event) => {
    const step = stepOf(event.target);
    if (step) arrive(step);
  });

  // Called away from the end to change one answer, the way goes back there.
  let returning = false;
  const move = (step, by) => {
    if (returning && by > 0 && step && !review.contains(step)) {
      returning = false;
      goTo(steps().find((one) => "check" in one.dataset && !given(one).length));
    } else {
      const shown = steps();
      const place = step ? shown.indexOf(step) + by : shown.length - 1;
      goTo(shown[Math.max(place, 0)]);
    }
    soon(50);
  };
  const present = () => {
    const focused = stepOf(document.activeElement);
    if (focused) return focused;
    const shown = steps();
    if (review) return shown.find((step) => "check" in step.dataset && !given(step).length);
    return shown.includes(current) ? current : shown.find((step) => !given(step).length);
  };

  const choose = (step, digit) => {
    const option = step?.querySelectorAll(`${CHOICE}, a[data-change]`)[digit - 1];
    if (!option) return false;
    option.click();
    if (option.matches("a")) return true;
    if (option.type === "checkbox" && !("check" in step.dataset)) option.focus();
    else move(step, 1);
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    const at = event.target;
    const inside = stepOf(at);
    if (event.key === "Enter") {
      if (at.matches("a, button, summary") || (at.matches("textarea") && event.shiftKey)) return;
      event.preventDefault();
      if (inside) move(inside, event.shiftKey ? -1 : 1);
      else goTo(present());
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const up = event.key === "ArrowUp";
      if (at === finish && up) move(null, -1);
      else if (inside && !at.matches("textarea")) move(inside, up ? -1 : 1);
      else return;
      event.preventDefault();
    } else if (/^[1-9]$/.test(event.key) && !at.matches(TYPED) && choose(present(), Number(event.key))) {
      event.preventDefault();
    }
  });

  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-change]");
    const step = link && stepOf(document.getElementById(link.hash.slice(1)));
    if (!step) return;
    event.preventDefault();
    returning = true;
    goTo(step);
  });

  // ---- beginning and leaving

  try {
    for (const [name, fields] of JSON.parse(sessionStorage.getItem(store) ?? "[]")) {
      const step = named(name);
      if (!step) continue;
      for (const control of controls(step)) {
        const own = fields.filter(([field]) => field === control.name).map(([, value]) => value);
        if (control.matches(CHOICE)) control.checked = own.includes(control.value);
        else control.value = own[0] ?? "";
      }
      unsaved.add(name);
    }
  } catch {
    // What cannot be read is not there.
  }
  if (unsaved.size) {
    document.dispatchEvent(new Event("change"));
    soon();
  }

  // The form says it all itself; a save still on its way would only come too late.
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    charge();
    clearTimeout(timer);
    ending.abort();
  });
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of Object.entries(spent.ms)) event.formData.append(`ms_${name}`, value);
    for (const [name, value] of Object.entries(spent.changes)) event.formData.append(`changes_${name}`, value);
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && (unsaved.size || sending?.length)) event.preventDefault();
  });
  addEventListener("pagehide", () => {
    if (leaving) sessionStorage.removeItem(store);
    else if (unsaved.size) send(true);
  });
  addEventListener("pageshow", () => {
    leaving = false;
    ending = new AbortController();
  });

  if (!document.querySelector("[data-focus]")) {
    const start = steps().find((step) => nameOf(step) === position.value);
    goTo(start ?? steps()[0], Boolean(start));
  }
}
