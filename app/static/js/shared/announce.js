// Text in a live region. A screen reader reads it out again on every change: the same words are not set twice.
export function announce(region, text) {
  if (region.textContent !== text) region.textContent = text;
}
