// SHA-256 by the browser's own WebCrypto, many texts at a time, leaving the page responsive.
const BATCH = 2000;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export const hex = (bytes) => Array.from(bytes, (byte) => HEX[byte]).join("");

// Without a secure context (plain HTTP on a network) browsers offer no WebCrypto.
export const available = () => Boolean(globalThis.crypto?.subtle);

export class Hasher {
  #encoder = new TextEncoder();

  async bytes(data) {
    return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));
  }

  text(value) {
    return this.bytes(this.#encoder.encode(value));
  }

  // The digests of many texts, in their order.
  async all(texts, progress = () => {}) {
    const found = [];
    for (let start = 0; start < texts.length; start += BATCH) {
      found.push(...await Promise.all(texts.slice(start, start + BATCH).map((value) => this.text(value))));
      progress(found.length, texts.length);
      await new Promise((resolve) => { setTimeout(resolve); });
    }
    return found;
  }
}
