// Remembers the reader's choice of larger text on this device.
(function () {
  "use strict";
  const root = document.documentElement;
  try {
    if (localStorage.getItem("larger") === "1") root.classList.add("larger");
  } catch (error) { /* private mode: the switch still works for this page */ }
  document.addEventListener("DOMContentLoaded", function () {
    const button = document.querySelector("[data-size]");
    if (!button) return;
    button.hidden = false;
    button.setAttribute("aria-pressed", String(root.classList.contains("larger")));
    button.addEventListener("click", function () {
      const larger = root.classList.toggle("larger");
      button.setAttribute("aria-pressed", String(larger));
      try { localStorage.setItem("larger", larger ? "1" : "0"); } catch (error) { /* as above */ }
    });
  });
})();
