// The third verifier of a draw, written from docs/certificate.md; its sections stand in brackets.
// Everything is computed here, in the visitor's browser: nothing is sent anywhere.
import { Hasher } from "../shared/sha256.js";

const CONTROL = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029";
const SPACES = " \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000";
const CODE = `(?!(?:all|general)\\|)[^${CONTROL}${SPACES}/~|]{1,40}`;
const LINE = new RegExp(
  `^([0-9a-f]{32})\\|(${CODE})\\|(${CODE})\\|((?:(?:0[1-9]|1[0-7])(?:,(?=[01])|(?=\\|)))*)\\|(|listed|drawn)$`,
  "u",
);
const OUTER_SPACE = /^[ \u00a0\u3000]|[ \u00a0\u3000]$/u;
const CONTROLS = new RegExp(`[${CONTROL}]`, "u");
const LONE = /\p{Surrogate}/u;
const FACTORS = ["area", "village", "group", "priority"];
const GROUPS = [
  ["child", ["07", "08"]],
  ["elder", ["11", "12", "13", "14", "15", "16", "17"]],
  ["disabled", ["05"]],
  ["poor", ["01", "02", "03", "04", "06", "09", "10"]],
];
export const CHECKS = [
  "shape", "digest", "register", "rule", "strata", "allocation", "seed", "tickets", "replacements", "frame",
];

// Code points, not UTF-16 units, decide order and length everywhere.
const points = (text) => Array.from(text);
export function compare(one, other) {
  const a = points(one), b = points(other);
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = a[i].codePointAt(0) - b[i].codePointAt(0);
    if (difference) return difference;
  }
  return a.length - b.length;
}
const sorted = (texts) => [...texts].sort(compare);
const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);
const people = (rows) => sum(rows.map((row) => row.population));
const same = (one, other) => canonical(one) === canonical(other);

// Canonical JSON, with keys by code point.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    return `{${sorted(Object.keys(value)).map((name) => `${quoted(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return typeof value === "string" ? quoted(value) : JSON.stringify(value);
}
const quoted = (text) => JSON.stringify(text);

// ---- [6] shape -----------------------------------------------------------------------------------------------------
const whole = (least = 0, most = 1e9) => (v) => Number.isInteger(v) && v >= least && v <= most;
const word = (...words) => (v) => words.includes(v);
const digits = (n) => (v) => typeof v === "string" && new RegExp(`^[0-9a-f]{${n}}$`, "u").test(v) && v.length === n;
const text = (v) => typeof v === "string" && points(v).length <= 400 && !CONTROLS.test(v) && !LONE.test(v);
const flag = (v) => typeof v === "boolean";
const plain = (v) =>
  text(v) && v !== "" && points(v).length <= 200 && !v.includes("|") && !OUTER_SPACE.test(v);
const record = (v) => v !== null && typeof v === "object" && !Array.isArray(v);

const PERSON = { key: digits(32), ticket: digits(64) };
const SHAPE = {
  algorithm: word("ticket-sha256-1"), digest: digits(64), drawn_at: text, evaluation: text, register: digits(64),
  format: word("draw-certificate-2"),
  frame: { fingerprint: digits(64), form: word("frame-2"), people: whole(), priority: whole() },
  plan: {
    area_minimum: whole(), block: whole(1), general: whole(), minimum: whole(), size: whole(1),
    method: word("proportional", "equal", "neyman", "power"),
    overlap: (v) => v === null || whole(0, 100)(v),
    protocol: word("block", "one_for_one", "supervisor", "none"),
    spread: (v) => record(v) && Object.entries(v).every(([code, n]) => plain(code) && whole(1)(n)),
    strata: (v) => Array.isArray(v) && same(v, FACTORS.filter((factor) => v.includes(factor))),
  },
  replacements: [{ at: text, outcome: text, queue: text, replaces: digits(32), stratum: text, ...PERSON }],
  rule: { full_coverage: flag, population: whole(), reading: word("priority", "everyone"), required: whole() },
  seed: {
    contributions: [
      { name: text, kind: word("committed", "public", "system"), source: text, commitment: text, value: text },
    ],
    join: word("seed-join-1"), value: digits(64),
  },
  strata: [{
    allocated: whole(), area: text, part: word("main", "general"), population: whole(), stratum: text,
    queues: [{ allocated: whole(), drawn: [PERSON], population: whole(), queue: text }],
  }],
  voided: [{ at: text, digest: text, reason: text }],
};

function* misshapen(value, kind, place) {
  if (typeof kind === "function") {
    if (!kind(value)) yield place;
  } else if (Array.isArray(kind)) {
    if (!Array.isArray(value)) yield place;
    else for (const [i, item] of value.entries()) yield* misshapen(item, kind[0], `${place}[${i}]`);
  } else if (!record(value) || !same(sorted(Object.keys(value)), sorted(Object.keys(kind)))) {
    yield place || "…";
  } else {
    for (const name of Object.keys(kind)) yield* misshapen(value[name], kind[name], place ? `${place}.${name}` : name);
  }
}

function planFits(plan) {
  return (plan.protocol === "block" || plan.block === 1) &&
    (plan.method === "neyman" || Object.keys(plan.spread).length === 0) &&
    (!plan.area_minimum || plan.strata.some((factor) => factor === "area" || factor === "village"));
}

// ---- [4] allocation, in whole numbers of any size --------------------------------------------------------------------
function root(square) {
  let guess = BigInt(Math.floor(Math.sqrt(Number(square))));
  while (guess * guess > square) guess--;
  while ((guess + 1n) * (guess + 1n) <= square) guess++;
  return guess;
}

// items: {code, people, weight, floor, cap}, all but the code BigInt; returns a Map from code to a number.
export function share(total, items) {
  const fixed = new Map();
  for (;;) {
    const free = items.filter((item) => !fixed.has(item.code));
    const rest = BigInt(total) - [...fixed.values()].reduce((a, b) => a + b, 0n);
    const weights = free.reduce((a, item) => a + item.weight, 0n);
    let lacking = 0n, beyond = 0n;
    for (const { weight, floor, cap } of free) {
      if (weight * rest < floor * weights) lacking += floor * weights - weight * rest;
      if (weight * rest > cap * weights) beyond += weight * rest - cap * weights;
    }
    if (lacking === 0n && beyond === 0n) return rounded(fixed, free, rest, weights);
    for (const { code, weight, floor, cap } of free) {
      if (lacking >= beyond && weight * rest < floor * weights) fixed.set(code, floor);
      if (lacking < beyond && weight * rest > cap * weights) fixed.set(code, cap);
    }
  }
}

function rounded(fixed, free, rest, weights) {
  for (const { code, weight } of free) fixed.set(code, (weight * rest) / weights);
  let left = rest - free.reduce((total, { code }) => total + fixed.get(code), 0n);
  const remainder = ({ weight }) => (weight * rest) % weights;
  const order = [...free].sort((a, b) =>
    sign(remainder(b) - remainder(a)) || sign(b.people - a.people) || compare(a.code, b.code));
  for (const { code } of order) {
    if (left-- <= 0n) break;
    fixed.set(code, fixed.get(code) + 1n);
  }
  return new Map([...fixed].map(([code, n]) => [code, Number(n)]));
}
const sign = (n) => (n > 0n ? 1 : n < 0n ? -1 : 0);

// The largest whole number up to `wanted` that fits; what fits is monotone, and 0 does.
function largest(wanted, fits) {
  let low = 0, high = wanted;
  while (low < high) {
    const middle = Math.floor((low + high + 1) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function allocate(plan, rows, total, ofArea) {
  const area = new Map();
  for (const row of rows) area.set(row.area, (area.get(row.area) ?? 0) + row.population);
  const weigh = {
    proportional: (row) => BigInt(row.population),
    equal: () => 1n,
    neyman: (row) => BigInt(row.population) * BigInt(plan.spread[row.stratum]),
    power: (row) => root(BigInt(row.population) * 10n ** 12n),
  }[plan.method];
  const floor = (row, m, q) => {
    const part = BigInt(q) * BigInt(row.population), whole = BigInt(area.get(row.area));
    return Math.min(row.population, Math.max(m, Number((part + whole - 1n) / whole)));
  };
  const fits = (m, q) => sum(rows.map((row) => floor(row, m, q))) <= total;
  const m = largest(plan.minimum, (n) => fits(n, 0));
  const q = largest(ofArea, (n) => fits(m, n));
  return share(total, rows.map((row) => ({
    code: row.stratum, people: BigInt(row.population), weight: weigh(row), floor: BigInt(floor(row, m, q)),
    cap: BigInt(row.population),
  })));
}

function byQueue(overlap, n, queues) {
  if (overlap === null) return [n];
  const [drawn, listed, fresh] = queues, total = sum(queues);
  const ofNew = Math.min(fresh, Math.max(n - drawn - listed, Math.floor((2 * n * fresh + total) / (2 * total))));
  const ofListed = Math.min(listed, n - ofNew - Math.min(drawn, Math.floor(((n - ofNew) * overlap + 50) / 100)));
  return [n - ofNew - ofListed, ofListed, ofNew];
}

// ---- [1] the frame ---------------------------------------------------------------------------------------------------
function readFrame(bytes) {
  const rows = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).split("\n");
  const found = [], areas = new Map();
  let last = "";
  for (const row of rows.slice(1, -2)) {
    const match = LINE.exec(row);
    if (!match) return null;
    const [, key, village, area, carried, before] = match;
    const categories = carried ? carried.split(",") : [];
    if (key <= last || !same(categories, sorted(new Set(categories)))) return null;
    if ((areas.get(village) ?? area) !== area) return null;
    areas.set(village, area);
    last = key;
    found.push({ key, village, area, categories, last: before });
  }
  const ends = rows.length >= 3 && rows[0] === "frame-2" && rows.at(-2) === `people ${found.length}` && rows.at(-1) === "";
  return ends ? found : null;
}

// [3] Where a person stands: stratum, queue, area, part; null for whoever is not drawn from.
function placeOf(certificate, person) {
  const { plan, rule } = certificate;
  const main = rule.reading === "everyone" || person.categories.length > 0;
  if (!main && !plan.general) return null;
  const group = GROUPS.find(([, codes]) => person.categories.some((code) => codes.includes(code)));
  const value = {
    area: person.area, village: person.village, group: group ? group[0] : "general",
    priority: person.categories.length ? "priority" : "general",
  };
  const factors = plan.strata.filter((factor) => main || factor === "area" || factor === "village");
  const parts = [...(main ? [] : ["general"]), ...factors.map((factor) => value[factor])];
  const places = plan.strata.includes("area") || plan.strata.includes("village");
  return {
    stratum: parts.join("/") || "all", queue: plan.overlap === null ? "all" : person.last || "new",
    area: places ? person.area : "", part: main ? "main" : "general",
  };
}

const cell = (stratum, queue) => JSON.stringify([stratum, queue]);

// ---- [7] the checks --------------------------------------------------------------------------------------------------
// Resolves to [[check, place], …], empty when everything agrees. frame: Uint8Array of frame.txt, or null.
// progress(done, total) is called now and then while a frame is hashed.
export async function check(certificate, frame = null, progress = () => {}) {
  const c = certificate, found = [], hasher = new Hasher();
  const wrong = [...misshapen(c, SHAPE, "")];
  if (!wrong.length && !planFits(c.plan)) wrong.push("plan");
  if (wrong.length) return wrong.map((place) => ["shape", place]);
  const test = (name, holds, place) => holds || found.push([name, place]);

  const { digest, register, replacements, ...content } = c;
  test("digest", digest === await hasher.text(canonical(content)), "digest");
  test("register", register === await hasher.text(canonical({ digest, replacements })), "register");
  checkRule(c, test);
  checkStrata(c, test);
  if (!found.some(([name]) => name === "rule" || name === "strata")) checkAllocation(c, test);
  await checkSeed(c, test, hasher);
  const lines = await checkTickets(c, test, hasher);
  if (frame) await checkFrame(c, frame, lines, test, hasher, progress);
  return found;
}

function checkRule({ frame, plan, rule }, test) {
  const n = rule.reading === "everyone" ? frame.people : frame.priority, others = frame.people - frame.priority;
  test("rule", rule.population === n && rule.required === Math.min(n, 100) && rule.full_coverage === n <= 100, "rule");
  test("rule", n > 0 && others >= 0 && plan.size >= Math.min(n, 100) && plan.size <= n, "plan.size");
  test("rule", plan.general <= (rule.reading === "everyone" ? 0 : Math.max(others, 0)), "plan.general");
}

function checkStrata({ frame, plan, rule, strata }, test) {
  const codes = strata.map((row) => row.stratum);
  test("strata", same(codes, sorted(new Set(codes))), "strata");
  const queues = plan.overlap === null ? ["all"] : ["drawn", "listed", "new"];
  for (const row of strata) {
    const names = row.queues.map((queue) => queue.queue);
    test("strata", row.population > 0 && people(row.queues) === row.population && same(names, queues), row.stratum);
  }
  const part = (name) => people(strata.filter((row) => row.part === name));
  test("strata", part("main") === rule.population, "main");
  test("strata", part("general") === (plan.general ? frame.people - frame.priority : 0), "general");
  test("strata", plan.method !== "neyman" || same(sorted(Object.keys(plan.spread)), sorted(new Set(codes))), "plan.spread");
}

function checkAllocation({ plan, strata }, test) {
  const main = strata.filter((row) => row.part === "main"), general = strata.filter((row) => row.part === "general");
  const shares = new Map([
    ...allocate(plan, main, plan.size, plan.area_minimum), ...allocate(plan, general, plan.general, 0),
  ]);
  for (const row of strata) {
    const should = byQueue(plan.overlap, shares.get(row.stratum), row.queues.map((queue) => queue.population));
    const drawn = row.queues.every((queue, i) => queue.allocated === should[i] && queue.drawn.length === should[i]);
    test("allocation", drawn && row.allocated === shares.get(row.stratum), row.stratum);
  }
}

async function checkSeed({ frame, plan, seed }, test, hasher) {
  const head = `${frame.fingerprint}\n${await hasher.text(canonical(plan))}\n`, given = seed.contributions;
  for (const one of given) {
    const promise = one.kind === "public" ? "" : await hasher.text(`seed-commitment-1\n${head}${one.name}\n${one.value}`);
    const clear = plain(one.name) && plain(one.source) && plain(one.value);
    test("seed", clear && one.commitment === promise, one.name);
  }
  const names = new Set(given.map((one) => one.name)), kinds = given.map((one) => one.kind);
  test("seed", names.size === given.length && given.length <= 20, "seed.contributions");
  const committed = kinds.filter((kind) => kind === "committed").length;
  test("seed", kinds.includes("public") || committed > 1, "seed.contributions");
  const told = given.map((one) => `${one.name}\t${one.value}\n`).join("");
  test("seed", seed.value === await hasher.text(`seed-join-1\n${head}${told}`), "seed.value");
}

// Sample and replacements by queue: a Map from cell to the keys in their order.
async function checkTickets({ plan, replacements, seed, strata }, test, hasher) {
  const size = new Map(), entries = [];
  for (const row of strata) {
    for (const queue of row.queues) {
      size.set(cell(row.stratum, queue.queue), queue.population);
      for (const one of queue.drawn) entries.push([cell(row.stratum, queue.queue), one]);
    }
  }
  const sampled = entries.length;
  for (const one of replacements) entries.push([cell(one.stratum, one.queue), one]);
  const tickets = await hasher.all(entries.map(([, one]) => `${seed.value}|${one.key}`));
  const lines = new Map([...size.keys()].map((place) => [place, []]));
  const stands = new Map(), replaced = new Set(), last = new Map();
  for (const [i, [place, one]] of entries.entries()) {
    if (!lines.has(place)) lines.set(place, []);
    const line = lines.get(place), here = one.ticket + one.key;
    test("tickets", one.ticket === tickets[i] && !stands.has(one.key) && here > (last.get(place) ?? ""), one.key);
    if (i >= sampled) {
      const may = stands.get(one.replaces) === place && !replaced.has(one.replaces) && line.length < (size.get(place) ?? 0);
      test("replacements", may && plan.protocol !== "none", one.key);
      replaced.add(one.replaces);
    }
    line.push(one.key);
    last.set(place, here);
    if (!stands.has(one.key)) stands.set(one.key, place);
  }
  return lines;
}

async function checkFrame(c, bytes, lines, test, hasher, progress) {
  let persons = null;
  try {
    persons = readFrame(bytes);
  } catch {
    persons = null; // no UTF-8
  }
  if (persons === null) return test("frame", false, "frame.txt");
  test("frame", c.frame.fingerprint === await hasher.bytes(bytes), "frame.fingerprint");
  const priority = persons.filter((person) => person.categories.length).length;
  test("frame", c.frame.people === persons.length && c.frame.priority === priority, "frame");
  const counted = new Map(), order = new Map();
  const placed = persons.map((person) => [person, placeOf(c, person)]).filter(([, place]) => place);
  const tickets = await hasher.all(placed.map(([person]) => `${c.seed.value}|${person.key}`), progress);
  for (const [i, [person, place]] of placed.entries()) {
    const told = canonical(place), where = cell(place.stratum, place.queue);
    counted.set(told, (counted.get(told) ?? 0) + 1);
    if (!order.has(where)) order.set(where, []);
    order.get(where).push(tickets[i] + person.key);
  }
  const stated = new Map();
  for (const row of c.strata) {
    for (const { queue, population } of row.queues) {
      const told = canonical({ stratum: row.stratum, queue, area: row.area, part: row.part });
      if (population) stated.set(told, population);
    }
  }
  test("frame", same(Object.fromEntries(stated), Object.fromEntries(counted)), "strata");
  for (const [place, keys] of lines) {
    const first = (order.get(place) ?? []).sort().slice(0, keys.length).map((entry) => entry.slice(64));
    test("frame", same(first, keys), JSON.parse(place).join(" "));
  }
}
