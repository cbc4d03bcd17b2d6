// How long the call has lasted. Without this file the page says when it began.
const clock = document.querySelector("[data-started]");
// The device's clock may be wrong by hours; only the time since this page was made can be trusted to it.
const shift = Math.max(Date.now() - Date.parse(clock.dataset.started), 0) % 86_400_000;
const opened = Date.now();
const pad = (number) => String(number).padStart(2, "0");

function show() {
  const seconds = Math.floor((shift + Date.now() - opened) / 1000);
  clock.textContent = `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
}

show();
clock.hidden = false;
setInterval(show, 1000);
