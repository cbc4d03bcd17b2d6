// Order, comparison and canonical JSON (docs/certificate.md): code points, not UTF-16 units, decide everywhere.
export const points = (text) => Array.from(text);

export function compare(one, other) {
  const a = points(one), b = points(other);
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = a[i].codePointAt(0) - b[i].codePointAt(0);
    if (difference) return difference;
  }
  return a.length - b.length;
}

export const sorted = (texts) => [...texts].sort(compare);

const quoted = (text) => JSON.stringify(text);

// Canonical JSON, with keys by code point.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    return `{${sorted(Object.keys(value)).map((name) => `${quoted(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return typeof value === "string" ? quoted(value) : JSON.stringify(value);
}

export const same = (one, other) => canonical(one) === canonical(other);
