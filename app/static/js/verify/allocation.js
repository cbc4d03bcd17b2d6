// [4] Allocation, in whole numbers of any size.
import { compare } from "./canonical.js";

export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

function root(square) {
  let guess = BigInt(Math.floor(Math.sqrt(Number(square))));
  while (guess * guess > square) guess--;
  while ((guess + 1n) * (guess + 1n) <= square) guess++;
  return guess;
}

const under = ({ weight, floor }, rest, weights) => floor * weights - weight * rest;
const over = ({ weight, cap }, rest, weights) => weight * rest - cap * weights;
const total = (numbers) => numbers.reduce((a, b) => a + b, 0n);
const positive = (numbers) => total(numbers.filter((n) => n > 0n));

// items: {code, people, weight, floor, cap}, all but the code BigInt; returns a Map from code to a number.
function share(size, items) {
  const fixed = new Map();
  for (;;) {
    const free = items.filter((item) => !fixed.has(item.code));
    const rest = BigInt(size) - total([...fixed.values()]);
    const weights = total(free.map((item) => item.weight));
    const lacking = positive(free.map((item) => under(item, rest, weights)));
    const beyond = positive(free.map((item) => over(item, rest, weights)));
    if (lacking === 0n && beyond === 0n) return rounded(fixed, free, rest, weights);
    const atFloor = lacking >= beyond, passes = atFloor ? under : over;
    for (const item of free) {
      if (passes(item, rest, weights) > 0n) fixed.set(item.code, atFloor ? item.floor : item.cap);
    }
  }
}

function rounded(fixed, free, rest, weights) {
  for (const { code, weight } of free) fixed.set(code, (weight * rest) / weights);
  let left = rest - total(free.map(({ code }) => fixed.get(code)));
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

export function allocate(plan, rows, size, ofArea) {
  const area = new Map();
  for (const row of rows) area.set(row.area, (area.get(row.area) ?? 0) + row.population);
  const weigh = {
    proportional: (row) => BigInt(row.population),
    equal: () => 1n,
    neyman: (row) => BigInt(row.population) * BigInt(plan.spread[row.stratum]),
    power: (row) => root(BigInt(row.population) * 10n ** 12n),
  }[plan.method];
  const floor = (row, m, q) => {
    const part = BigInt(q) * BigInt(row.population), ofAll = BigInt(area.get(row.area));
    return Math.min(row.population, Math.max(m, Number((part + ofAll - 1n) / ofAll)));
  };
  const fits = (m, q) => sum(rows.map((row) => floor(row, m, q))) <= size;
  const m = largest(plan.minimum, (n) => fits(n, 0));
  const q = largest(ofArea, (n) => fits(m, n));
  return share(size, rows.map((row) => ({
    code: row.stratum, people: BigInt(row.population), weight: weigh(row), floor: BigInt(floor(row, m, q)),
    cap: BigInt(row.population),
  })));
}

export function byQueue(overlap, n, queues) {
  if (overlap === null) return [n];
  const [drawn, listed, fresh] = queues, people = sum(queues);
  const ofNew = Math.min(fresh, Math.max(n - drawn - listed, Math.floor((2 * n * fresh + people) / (2 * people))));
  const ofListed = Math.min(listed, n - ofNew - Math.min(drawn, Math.floor(((n - ofNew) * overlap + 50) / 100)));
  return [n - ofNew - ofListed, ofListed, ofNew];
}
