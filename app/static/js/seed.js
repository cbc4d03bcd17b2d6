// A party's own value: it stays in this browser; only its commitment is sent (docs/certificate.md, section 5).
import { Hasher, available, hex } from "./shared/sha256.js";

const hasher = new Hasher();

// What the server would refuse when the value is shown: the bar, and signs nobody sees but three kinds of space.
const UNFIT = /[|\p{C}]|[^\P{Z} \u00a0\u3000]/u;

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

for (const form of document.querySelectorAll("form[data-commitment]")) {
  // Without a secure context there is no WebCrypto: the commitment is then made elsewhere, as the page says.
  if (!available()) continue;
  const { fingerprint, plan, name } = form.dataset;
  const part = form.querySelector("[data-own]");
  const own = part.querySelector("input");
  const unfit = form.querySelector("[data-unfit]");
  const again = form.querySelector("[data-again]");
  const unsaved = form.querySelector("[data-unsaved]");
  const commitment = form.elements.commitment;
  let kept = ""; // the value in the file that was last saved

  const commit = async () => {
    const value = own.value.trim();
    const bad = UNFIT.test(value);
    unfit.hidden = !bad;
    if (bad) own.setAttribute("aria-invalid", "true");
    else own.removeAttribute("aria-invalid");
    const made = value && !bad ? await hasher.text(["seed-commitment-1", fingerprint, plan, name, value].join("\n")) : "";
    // The hash of an earlier key press may be ready after that of a later one.
    if (value === own.value.trim()) commitment.value = made;
  };

  part.hidden = false;
  own.addEventListener("input", commit);
  form.querySelector("[data-random]").addEventListener("click", () => {
    own.value = hex(crypto.getRandomValues(new Uint8Array(16)));
    commit();
  });
  form.querySelector("[data-keep]").addEventListener("click", () => {
    kept = own.value.trim();
    if (kept) save("seed-value.txt", `${name}\n${kept}\n`);
  });
  // Nobody commits to a number that is nowhere but on the screen; a commitment made elsewhere leaves the field empty.
  form.addEventListener("submit", (event) => {
    const value = own.value.trim();
    const lost = value !== "" && value !== kept && value !== again.value.trim();
    unsaved.hidden = !lost;
    if (lost) {
      event.preventDefault();
      again.setAttribute("aria-invalid", "true");
      again.focus();
    } else again.removeAttribute("aria-invalid");
  });
}
