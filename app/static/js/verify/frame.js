// [1] The frame, and [3] the stratum and queue of each of its persons.
import { same, sorted } from "./canonical.js";
import { CONTROL } from "./signs.js";

const SPACES = " \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000";
const CODE = `(?!(?:all|general)\\|)[^${CONTROL}${SPACES}/~|]{1,40}`;
const LINE = new RegExp(
  `^([0-9a-f]{32})\\|(${CODE})\\|(${CODE})\\|((?:(?:0[1-9]|1[0-7])(?:,(?=[01])|(?=\\|)))*)\\|(|listed|drawn)$`,
  "u",
);
const GROUPS = [
  ["child", ["07", "08"]],
  ["elder", ["11", "12", "13", "14", "15", "16", "17"]],
  ["disabled", ["05"]],
  ["poor", ["01", "02", "03", "04", "06", "09", "10"]],
];

// What a line of the frame says; null when it is none.
function personOf(row) {
  const match = LINE.exec(row);
  if (!match) return null;
  const [, key, village, area, carried, last] = match;
  const categories = carried ? carried.split(",") : [];
  return same(categories, sorted(new Set(categories))) ? { key, village, area, categories, last } : null;
}

const framed = (rows, people) =>
  rows.length >= 3 && rows[0] === "frame-2" && rows.at(-2) === `people ${people}` && rows.at(-1) === "";

// The persons of frame.txt; null when it is not written as a frame is.
function persons(text) {
  const rows = text.split("\n"), found = [], areas = new Map();
  let last = "";
  for (const row of rows.slice(1, -2)) {
    const person = personOf(row);
    if (!person || person.key <= last || (areas.get(person.village) ?? person.area) !== person.area) return null;
    areas.set(person.village, person.area);
    last = person.key;
    found.push(person);
  }
  return framed(rows, found.length) ? found : null;
}

export function readFrame(bytes) {
  try {
    return persons(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return null; // no UTF-8
  }
}

const ofPlace = (factor) => factor === "area" || factor === "village";

function stratumOf(plan, main, person) {
  const group = GROUPS.find(([, codes]) => person.categories.some((code) => codes.includes(code)));
  const value = {
    area: person.area,
    village: person.village,
    group: group ? group[0] : "general",
    priority: person.categories.length ? "priority" : "general",
  };
  const factors = plan.strata.filter((factor) => main || ofPlace(factor));
  return [...(main ? [] : ["general"]), ...factors.map((factor) => value[factor])].join("/") || "all";
}

// [3] Where a person stands: stratum, queue, area, part; null for whoever is not drawn from.
export function placeOf({ plan, rule }, person) {
  const main = rule.reading === "everyone" || person.categories.length > 0;
  if (!main && !plan.general) return null;
  return {
    stratum: stratumOf(plan, main, person),
    queue: plan.overlap === null ? "all" : person.last || "new",
    area: plan.strata.some(ofPlace) ? person.area : "",
    part: main ? "main" : "general",
  };
}
