// Checks a certificate where the visitor is: the form is not sent when this browser can do it by itself.
import { CHECKS, check } from "./check.js";
import { parse } from "./json.js";
import { isCoverage } from "./shape.js";
import { available } from "../shared/sha256.js";

const MOST_SHOWN = 5;
const form = document.querySelector("form[data-verify]");
const out = document.querySelector("[data-outcome]");
const progress = document.querySelector("[data-progress]");
const words = out.dataset;

async function certificateOf() {
  const file = form.elements.certificate.files[0];
  const text = file ? await file.text() : form.elements.pasted.value.trim();
  if (!text) return null;
  return parse(text.replace(/^\uFEFF/u, ""));
}

function line(row, state, places = []) {
  row.dataset.state = state;
  row.querySelector("[data-word]").textContent = words[state];
  const list = row.querySelector("[data-places]");
  list.textContent = places.slice(0, MOST_SHOWN).join("、") + (places.length > MOST_SHOWN ? " …" : "");
}

const OF_COVERAGE = ["shape", "digest", "rule", "people", "frame"];

// Whether a check belongs to this form of certificate: one by which everyone is asked has no seed and no strata.
const applies = (name, everyone) => everyone ? OF_COVERAGE.includes(name) : name !== "people";

// Checks that could not be made: nothing can be read from a wrong shape, and some need what others found wrong.
function isSkipped(name, places, withFrame) {
  if (name === "frame" && !withFrame) return true;
  if (name === "allocation" && (places.has("rule") || places.has("strata"))) return true;
  return places.has("shape") && name !== "shape";
}

function stateOf(name, places, withFrame) {
  if (places.has(name)) return "failed";
  return isSkipped(name, places, withFrame) ? "skipped" : "passed";
}

function show(found, withFrame, everyone) {
  const places = new Map();
  for (const [name, place] of found) places.set(name, [...(places.get(name) ?? []), place]);
  for (const name of CHECKS) {
    const row = out.querySelector(`[data-check="${name}"]`);
    row.hidden = !applies(name, everyone);
    line(row, stateOf(name, places, withFrame), places.get(name));
  }
  if (found.length) say(words.false, "bad");
  else say(sentence(withFrame, everyone), "good");
  out.querySelector("[data-list]").hidden = false;
}

function sentence(withFrame, everyone) {
  if (everyone) return withFrame ? words.everyone : words.everyonePartly;
  return withFrame ? words.true : words.partly;
}

function say(text, kind) {
  const said = out.querySelector("[data-sentence]");
  said.textContent = text;
  said.dataset.kind = kind;
  out.hidden = false;
}

async function run() {
  out.querySelector("[data-list]").hidden = true;
  say(words.working, "now");
  let certificate;
  try {
    certificate = await certificateOf();
  } catch {
    return say(words.nojson, "bad");
  }
  if (certificate === null) return say(words.nothing, "bad");
  const file = document.querySelector("[data-frame]").files[0];
  const frame = file ? new Uint8Array(await file.arrayBuffer()) : null;
  progress.hidden = frame === null;
  const found = await check(certificate, frame, (done, total) => {
    progress.max = total;
    progress.value = done;
  });
  progress.hidden = true;
  return show(found, frame !== null, isCoverage(certificate));
}

if (available()) {
  for (const part of document.querySelectorAll("[data-here]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-sent]")) part.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
}
