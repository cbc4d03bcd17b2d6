// One-letter shortcuts of the desk. They sleep while somebody types and can be switched off.
"use strict";
{
  const panel = document.querySelector("[data-shortcuts]");
  const box = panel?.querySelector("input");
  const store = "desk-shortcuts";

  const remembered = () => {
    try {
      return localStorage.getItem(store) !== "off";
    } catch {
      return true; // no storage here: on, as the page says
    }
  };

  if (panel) {
    panel.hidden = false;
    box.checked = remembered();
    box.addEventListener("change", () => {
      try {
        localStorage.setItem(store, box.checked ? "on" : "off");
      } catch {
        // then it holds for this page alone
      }
    });
  }

  const typing = (element) =>
    element?.isContentEditable || element?.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

  document.addEventListener("keydown", (event) => {
    if (!box?.checked || event.repeat || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const target = [...document.querySelectorAll("[data-key]")].find(
      (element) => element.dataset.key === event.key.toLowerCase(),
    );
    if (!target) return;
    event.preventDefault();
    target.click();
  });
}
