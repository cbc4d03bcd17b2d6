// Small comforts for staff pages. Every page works without this file.

// What is wrong comes first, for eyes and screen readers alike.
document.querySelector("[data-focus]")?.focus();

// A link of the error summary puts the cursor into the field, not only the page at its place.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.closest(".field, .question")?.scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});

// The account menu closes by Escape and by a click elsewhere.
const menu = document.querySelector(".account");
if (menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// Copy the text of an element. The clipboard is closed to plain HTTP: then the text is selected instead.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.querySelector(button.dataset.copy);
  if (!source) continue;
  const label = button.textContent;
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  status.className = "visually-hidden";
  button.after(status);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
    } catch {
      getSelection().selectAllChildren(source);
      if (!document.execCommand("copy")) return;
    }
    button.textContent = status.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = label;
      status.textContent = "";
    }, 3000);
  });
}

// An action that can no longer be taken back is no longer offered.
for (const bar of document.querySelectorAll("[data-undo-seconds]")) {
  setTimeout(() => {
    if (!bar.contains(document.activeElement)) bar.hidden = true;
  }, bar.dataset.undoSeconds * 1000);
}

// A double click sends a form once. The server would store it once in any case.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 3000);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
