// JSON.parse takes the last of two fields of one name without a word, and 1.0 for 1: a certificate may hold neither.
// oxlint-disable-next-line no-control-regex -- JSON forbids exactly these signs in a text
const TOKEN = /\s*(?:("(?:[^"\\\u0000-\u001f]|\\.)*")|([{}[\],:])|(-?[0-9][^\s,\]}]*|true|false|null))/gy;

// The value of a JSON text; throws SyntaxError. Doubled fields and numbers that are no plain whole numbers become
// NaN, which fits no field.
export function parse(text) {
  JSON.parse(text);
  const tokens = [...text.matchAll(TOKEN)].map(([, string, sign, other]) => ({ string, sign, other }));
  let place = 0;
  const value = () => {
    const { string, sign, other } = tokens[place++];
    if (string !== undefined) return JSON.parse(string);
    if (sign === "[") return list();
    if (sign === "{") return record();
    return /^[0-9-]/.test(other) && !/^-?[0-9]{1,15}$/.test(other) ? Number.NaN : JSON.parse(other);
  };
  const list = () => {
    const found = [];
    while (tokens[place].sign !== "]") {
      if (tokens[place].sign === ",") place++;
      found.push(value());
    }
    place++;
    return found;
  };
  const record = () => {
    const found = new Map();
    let doubled = false;
    while (tokens[place].sign !== "}") {
      if (tokens[place].sign === ",") place++;
      const name = JSON.parse(tokens[place].string);
      place += 2;
      doubled ||= found.has(name);
      found.set(name, value());
    }
    place++;
    return doubled ? Number.NaN : Object.fromEntries(found);
  };
  return value();
}
