// The size of the letters on the pages for beneficiaries, remembered on their own device.
// Loaded in the head, so that a page never jumps from one size to another.
"use strict";
{
  const KEY = "size";
  const root = document.documentElement;
  const remembered = () => {
    try {
      return localStorage.getItem(KEY) || "";
    } catch {
      return ""; // storage may be closed; the switch then lasts for the page
    }
  };
  const show = (size) => {
    if (size) root.dataset.size = size;
    else delete root.dataset.size;
    for (const button of document.querySelectorAll("[data-set-size]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setSize === size));
    }
  };
  show(remembered());
  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll(".size-switch")) group.hidden = false;
    show(remembered());
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-set-size]");
      if (!button) return;
      try {
        localStorage.setItem(KEY, button.dataset.setSize);
      } catch {
        // see above
      }
      show(button.dataset.setSize);
    });
  });
}
