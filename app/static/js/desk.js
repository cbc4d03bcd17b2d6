// One-letter shortcuts of the desk. They sleep while somebody types and can be switched off.
import { alone } from "./shared/keyboard.js";
import { store, stored } from "./shared/storage.js";

const SETTING = "desk-shortcuts";
const panel = document.querySelector("[data-shortcuts]");
const box = panel?.querySelector("input");

const typing = (element) =>
  element?.isContentEditable || element?.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

function press(event) {
  if (!box.checked || event.repeat || !alone(event) || typing(event.target)) return;
  const target = [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key === event.key.toLowerCase(),
  );
  if (!target) return;
  event.preventDefault();
  target.click();
}

if (panel) {
  panel.hidden = false;
  box.checked = stored(SETTING) !== "off";
  box.addEventListener("change", () => store(SETTING, box.checked ? "on" : "off"));
  document.addEventListener("keydown", press);
}
