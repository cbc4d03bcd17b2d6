// Keeps the supervisor's page fresh. Without this file the link 「刷新」 does it.
import { announce } from "./shared/announce.js";

const EVERY = 30_000;
const region = document.querySelector("[data-live]");
const bar = document.querySelector("[data-live-bar]");

// The region as it is now; rejects when it cannot be had, signed out for example.
async function newest() {
  const response = await fetch(location.pathname, { credentials: "same-origin" });
  if (!response.ok || response.redirected) throw new Error(response.statusText);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-live]");
  if (!fresh) throw new Error("nothing to show");
  return fresh;
}

if (region && bar) {
  const button = bar.querySelector("button");
  const status = bar.querySelector("[role=status]");
  let paused = false;
  let last = Date.now();
  bar.hidden = false;

  const say = (state) => announce(status, status.dataset[state]);

  // Never under the hands of somebody who reads, selects or presses something there.
  const inUse = () =>
    region.contains(document.activeElement) ||
    (!getSelection().isCollapsed && region.contains(getSelection().anchorNode));

  const isDue = () => !paused && !document.hidden && !inUse() && Date.now() - last >= EVERY - 500;

  const refresh = async () => {
    if (!isDue()) return;
    last = Date.now();
    try {
      const fresh = await newest();
      if (paused || inUse()) return;
      for (const open of region.querySelectorAll("details[open][id]")) {
        fresh.querySelector(`#${open.id}`)?.setAttribute("open", "");
      }
      region.replaceChildren(...fresh.childNodes);
      say("running");
    } catch {
      say("lost");
    }
  };

  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    say(paused ? "paused" : "running");
    if (!paused) refresh();
  });
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, EVERY);
}
