// What the server does not have yet, in the storage of this tab: it survives a reload, also one that signs in anew.
import { fill, form, named, values } from "./questions.js";

const PREFIX = "interview:";
const own = `${PREFIX}${form.dataset.save}`;

export function forget() {
  sessionStorage.removeItem(own);
}

function forgetOthers() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && key !== own) sessionStorage.removeItem(key);
  }
}

export function remember(names) {
  try {
    forgetOthers();
    if (!names.length) forget();
    else sessionStorage.setItem(own, JSON.stringify(names.map((name) => [name, values(named(name))])));
  } catch {
    // A tab without storage still sends.
  }
}

// Fills in what an earlier page left behind and calls back with the name of each question.
export function recall(found) {
  try {
    for (const [name, fields] of JSON.parse(sessionStorage.getItem(own) ?? "[]")) {
      const step = named(name);
      if (!step) continue;
      fill(step, fields);
      found(name);
    }
  } catch {
    // What cannot be read is not there.
  }
}
