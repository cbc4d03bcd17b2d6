// One setting on this device. Storage may be closed (private windows, full disk): reading then finds nothing, and
// writing changes nothing.

export function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function store(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The page goes on with what it knows.
  }
}
