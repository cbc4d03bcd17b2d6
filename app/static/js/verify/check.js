// The third verifier of a draw, written from docs/certificate.md; its sections stand in brackets.
// Everything is computed here, in the visitor's browser: nothing is sent anywhere.
import { Hasher } from "../shared/sha256.js";
import { allocate, byQueue, sum } from "./allocation.js";
import { canonical, same, sorted } from "./canonical.js";
import { placeOf, readFrame } from "./frame.js";
import { isCoverage, plain, wrongPlaces } from "./shape.js";

export const CHECKS = [
  "shape", "digest", "register", "rule", "people", "strata", "allocation", "seed", "tickets", "replacements", "frame",
];

const people = (rows) => sum(rows.map((row) => row.population));
const cell = (stratum, queue) => JSON.stringify([stratum, queue]);

// ---- [7] the checks --------------------------------------------------------------------------------------------------
// Resolves to [[check, place], …], empty when everything agrees. frame: Uint8Array of frame.txt, or null.
// progress(done, total) is called now and then while a frame is hashed.
export async function check(certificate, frame = null, progress = () => {}) {
  const c = certificate, found = [], hasher = new Hasher();
  const wrong = wrongPlaces(c);
  if (wrong.length) return wrong.map((place) => ["shape", place]);
  const test = (name, holds, place) => holds || found.push([name, place]);

  const { digest, register, replacements, ...content } = c;
  test("digest", digest === await hasher.text(canonical(content)), "digest");
  checkRule(c, test);
  if (isCoverage(c)) {
    await checkEveryone(c, frame, { test, hasher });
    return found;
  }
  test("register", register === await hasher.text(canonical({ digest, replacements })), "register");
  checkPlan(c, test);
  checkStrata(c, test);
  if (!found.some(([name]) => name === "rule" || name === "strata")) checkAllocation(c, test);
  await checkSeed(c, test, hasher);
  const lines = await checkTickets(c, test, hasher);
  if (frame) await checkFrame(c, frame, lines, { test, hasher, progress });
  return found;
}

// Nobody was drawn: everyone whom the rule counts is listed, in order and once.
async function checkEveryone(c, bytes, { test, hasher }) {
  test("people", c.people.length === c.rule.population && same(c.people, sorted(new Set(c.people))), "people");
  if (!bytes) return;
  const persons = await checkFile(c, bytes, { test, hasher });
  if (persons === null) return;
  const asked = persons.filter((person) => c.rule.reading === "everyone" || person.categories.length);
  test("frame", same(c.people, asked.map((person) => person.key)), "people");
}

function checkRule({ frame, rule }, test) {
  const n = rule.reading === "everyone" ? frame.people : frame.priority, others = frame.people - frame.priority;
  test("rule", rule.population === n && rule.required === Math.min(n, 100) && rule.full_coverage === n <= 100, "rule");
  test("rule", n > 0 && others >= 0, "frame");
}

function checkPlan({ frame, plan, rule }, test) {
  const n = rule.reading === "everyone" ? frame.people : frame.priority, others = frame.people - frame.priority;
  test("rule", plan.size >= Math.min(n, 100) && plan.size <= n, "plan.size");
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

// Each queue of a certificate with its cell.
const queuesOf = (strata) =>
  strata.flatMap((row) => row.queues.map((queue) => ({ ...queue, row, place: cell(row.stratum, queue.queue) })));

// Sample and replacements by queue: a Map from cell to the keys in their order.
async function checkTickets({ plan, replacements, seed, strata }, test, hasher) {
  const queues = queuesOf(strata);
  const size = new Map(queues.map(({ place, population }) => [place, population]));
  const sample = queues.flatMap(({ place, drawn }) => drawn.map((one) => [place, one]));
  const entries = [...sample, ...replacements.map((one) => [cell(one.stratum, one.queue), one])];
  const tickets = await hasher.all(entries.map(([, one]) => `${seed.value}|${one.key}`));
  const lines = new Map([...size.keys()].map((place) => [place, []]));
  const stands = new Map(), replaced = new Set(), last = new Map();
  const mayReplace = (place, { replaces }) =>
    stands.get(replaces) === place && !replaced.has(replaces) && lines.get(place).length < (size.get(place) ?? 0);
  for (const [i, [place, one]] of entries.entries()) {
    if (!lines.has(place)) lines.set(place, []);
    const here = one.ticket + one.key;
    test("tickets", one.ticket === tickets[i] && !stands.has(one.key) && here > (last.get(place) ?? ""), one.key);
    if (i >= sample.length) {
      test("replacements", mayReplace(place, one) && plan.protocol !== "none", one.key);
      replaced.add(one.replaces);
    }
    lines.get(place).push(one.key);
    last.set(place, here);
    if (!stands.has(one.key)) stands.set(one.key, place);
  }
  return lines;
}

// Everybody of frame.txt, null when it is malformed; its fingerprint and numbers are compared with those stated.
async function checkFile(c, bytes, { test, hasher }) {
  const persons = readFrame(bytes);
  test("frame", persons !== null, "frame.txt");
  if (persons === null) return null;
  test("frame", c.frame.fingerprint === await hasher.bytes(bytes), "frame.fingerprint");
  const priority = persons.filter((person) => person.categories.length).length;
  test("frame", c.frame.people === persons.length && c.frame.priority === priority, "frame");
  return persons;
}

async function checkFrame(c, bytes, lines, { test, hasher, progress }) {
  const persons = await checkFile(c, bytes, { test, hasher });
  if (persons === null) return;
  const placed = persons.map((person) => [person, placeOf(c, person)]).filter(([, place]) => place);
  test("frame", same(stated(c.strata), counted(placed)), "strata");
  const order = await ordered(placed, c.seed.value, hasher, progress);
  for (const [place, keys] of lines) {
    const first = (order.get(place) ?? []).slice(0, keys.length).map((entry) => entry.slice(64));
    test("frame", same(first, keys), JSON.parse(place).join(" "));
  }
}

// How many persons stand where, by the certificate.
const stated = (strata) =>
  Object.fromEntries(
    queuesOf(strata)
      .filter(({ population }) => population)
      .map(({ row, queue, population }) => [
        canonical({ stratum: row.stratum, queue, area: row.area, part: row.part }), population,
      ]),
  );

// How many persons stand where, by the frame.
function counted(placed) {
  const found = new Map();
  for (const told of placed.map(([, place]) => canonical(place))) found.set(told, (found.get(told) ?? 0) + 1);
  return Object.fromEntries(found);
}

// Ticket and key of everybody, by cell and in the order of the draw.
async function ordered(placed, seed, hasher, progress) {
  const tickets = await hasher.all(placed.map(([person]) => `${seed}|${person.key}`), progress);
  const found = new Map();
  for (const [i, [person, place]] of placed.entries()) {
    const where = cell(place.stratum, place.queue);
    if (!found.has(where)) found.set(where, []);
    found.get(where).push(tickets[i] + person.key);
  }
  for (const entries of found.values()) entries.sort();
  return found;
}
