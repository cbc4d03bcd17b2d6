// Says on every page of the desk that an appointment is near. Asks once a minute, and not while nobody looks.
import { announce } from "./shared/announce.js";

const nudge = document.querySelector("[data-nudge]");
let timer;

async function look() {
  let due;
  try {
    const response = await fetch(nudge.dataset.nudge, { headers: { Accept: "application/json" } });
    due = await response.json();
  } catch {
    return; // offline, or signed out meanwhile: the next page will say so
  }
  const line = nudge.querySelector(".nudge-line");
  nudge.querySelector("[data-nudge-left]").textContent = due.left;
  announce(nudge.querySelector("[data-nudge-what]"), due.what);
  line.hidden = !due.count;
}

function watch() {
  clearInterval(timer);
  if (document.hidden) return;
  timer = setInterval(look, 60_000);
}

if (nudge) {
  watch();
  document.addEventListener("visibilitychange", () => {
    watch();
    if (!document.hidden) look();
  });
}
