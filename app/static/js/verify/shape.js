// [6] The shape of a certificate.
import { points, same, sorted } from "./canonical.js";
import { CONTROL, FACTORS } from "./signs.js";

const OUTER_SPACE = /^[ \u00a0\u3000]|[ \u00a0\u3000]$/u;
const CONTROLS = new RegExp(`[${CONTROL}]`, "u");
const LONE = /\p{Surrogate}/u;

const whole = (least = 0, most = 1e9) => (v) => Number.isInteger(v) && v >= least && v <= most;
const word = (...words) => (v) => words.includes(v);
const digits = (n) => (v) => typeof v === "string" && new RegExp(`^[0-9a-f]{${n}}$`, "u").test(v) && v.length === n;
const text = (v) => typeof v === "string" && points(v).length <= 400 && !CONTROLS.test(v) && !LONE.test(v);
const flag = (v) => typeof v === "boolean";
export const plain = (v) =>
  text(v) && v !== "" && points(v).length <= 200 && !v.includes("|") && !OUTER_SPACE.test(v);
const record = (v) => v !== null && typeof v === "object" && !Array.isArray(v);

const FRAME = { fingerprint: digits(64), form: word("frame-2"), people: whole(), priority: whole() };
const RULE = { full_coverage: flag, population: whole(), reading: word("priority", "everyone"), required: whole() };
const VOIDED = { at: text, digest: text, reason: text };
const PERSON = { key: digits(32), ticket: digits(64) };
const SHAPE = {
  algorithm: word("ticket-sha256-1"), digest: digits(64), drawn_at: text, evaluation: text, register: digits(64),
  format: word("draw-certificate-2"),
  frame: FRAME,
  plan: {
    area_minimum: whole(), block: whole(1), general: whole(), minimum: whole(), size: whole(1),
    method: word("proportional", "equal", "neyman", "power"),
    overlap: (v) => v === null || whole(0, 100)(v),
    protocol: word("block", "one_for_one", "supervisor", "none"),
    spread: (v) => record(v) && Object.entries(v).every(([code, n]) => plain(code) && whole(1)(n)),
    strata: (v) => Array.isArray(v) && same(v, FACTORS.filter((factor) => v.includes(factor))),
  },
  replacements: [{ at: text, outcome: text, queue: text, replaces: digits(32), stratum: text, ...PERSON }],
  rule: RULE,
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
  voided: [VOIDED],
};
const COVERAGE = {
  confirmed_at: text, digest: digits(64), evaluation: text, format: word("coverage-certificate-1"),
  frame: FRAME, people: [digits(32)], rule: RULE, voided: [VOIDED],
};

// Whether a certificate states that everyone is asked, and that nobody was drawn.
export const isCoverage = (certificate) => record(certificate) && certificate.format === "coverage-certificate-1";

function* misshapenList(list, kind, place) {
  if (!Array.isArray(list)) yield place;
  else for (const [i, item] of list.entries()) yield* misshapen(item, kind, `${place}[${i}]`);
}

function* misshapenRecord(value, fields, place) {
  if (!record(value) || !same(sorted(Object.keys(value)), sorted(Object.keys(fields)))) yield place || "…";
  else for (const name of Object.keys(fields)) yield* misshapen(value[name], fields[name], place ? `${place}.${name}` : name);
}

function* misshapen(value, kind, place) {
  if (Array.isArray(kind)) yield* misshapenList(value, kind[0], place);
  else if (typeof kind !== "function") yield* misshapenRecord(value, kind, place);
  else if (!kind(value)) yield place;
}

function planFits(plan) {
  return (plan.protocol === "block" || plan.block === 1) &&
    (plan.method === "neyman" || Object.keys(plan.spread).length === 0) &&
    (!plan.area_minimum || plan.strata.some((factor) => factor === "area" || factor === "village"));
}

// The places where a certificate does not have the shape of one.
export function wrongPlaces(certificate) {
  if (isCoverage(certificate)) return [...misshapen(certificate, COVERAGE, "")];
  const wrong = [...misshapen(certificate, SHAPE, "")];
  return wrong.length || planFits(certificate.plan) ? wrong : ["plan"];
}
