// What a page does by itself: it follows the server, and listens to keys. Everything else is links and forms.
"use strict";

const here = document.body.dataset.exercise;
const $ = (id) => document.getElementById(id);

// What is asked for anew has the same links and buttons: whoever was at one of them stays there.
const named = (element) => element.dataset.exercise || element.id || element.textContent;

// The server says only that something has changed; what it is now is asked for, so the last answer counts.
const asked = {};
async function refresh(id) {
  const place = $(id);
  if (!place) return;
  const number = (asked[id] = (asked[id] || 0) + 1);
  try {
    const response = await fetch(place.dataset.from, { headers: { Accept: "text/html" } });
    if (!response.ok || asked[id] !== number) return;
    const text = await response.text();
    if (asked[id] !== number) return;
    const search = id === "list" && $("search");
    const typed = search ? search.value : "";
    const focused = place.contains(document.activeElement) && named(document.activeElement);
    place.innerHTML = text;
    if (focused) {
      const again = [...place.querySelectorAll("a, button, input")].find((each) => named(each) === focused);
      if (again) again.focus({ preventScroll: true });
    }
    if (id === "verdict") follow();
    if (search) {
      $("search").value = typed;
      filter();
      mark();
    }
  } catch {
    // The server is away: the socket tells when it is back.
  }
}

// The verdict may be of another step than the one that is marked in the task.
function follow() {
  const now = $("now"), at = $("at");
  if (now && at && now.dataset.step !== at.dataset.step) refresh("task");
}

function mark() {
  for (const link of document.querySelectorAll("#list a[data-exercise]")) {
    if (link.dataset.exercise === here) link.setAttribute("aria-current", "page");
  }
}

function filter() {
  const words = $("search").value.toLowerCase().split(/\s+/);
  for (const row of document.querySelectorAll("#list li")) {
    const parts = [...row.querySelectorAll(".number, .question")];
    const text = parts.map((part) => part.textContent).join(" ").toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
  }
}

const socket = io({ transports: ["websocket", "polling"], reconnectionDelayMax: 2000 });
socket.on("connect", () => {
  $("away").hidden = true;
  refresh("verdict");
  refresh("list");
});
socket.on("disconnect", () => { $("away").hidden = false; });
socket.on("connect_error", () => { $("away").hidden = false; });
// The verdict first: the list can wait until the changes of a run are over.
let soon;
socket.on("changed", (id) => {
  if (id === here || !id) refresh("verdict");
  clearTimeout(soon);
  soon = setTimeout(() => refresh("list"), 150);
});

document.addEventListener("input", (event) => { if (event.target.id === "search") filter(); });

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  }
});

document.addEventListener("submit", (event) => {
  const question = event.submitter && event.submitter.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A clock counts from when its page was opened to when its answer was; an interview's goes on from before,
// and finishes its round when the time is over.
for (const clock of document.querySelectorAll("[data-clock]")) {
  const started = performance.now() - 1000 * Number(clock.dataset.from || 0);
  const into = clock.dataset.into && $(clock.dataset.into);
  const tick = () => {
    const seconds = Math.floor((performance.now() - started) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (into) into.value = seconds;
    if (clock.dataset.over && seconds >= 60 * Number(clock.dataset.minutes)) {
      clearInterval(timer);
      $(clock.dataset.over).submit();
    }
  };
  const timer = setInterval(tick, 250);
  const stop = into && document.querySelector("[data-stops]");
  if (stop) stop.addEventListener("click", () => { tick(); clearInterval(timer); });
}

// In an interview, the tests run when something was saved.
const run = $("run");
if (run) {
  const look = async () => {
    try {
      const response = await fetch(run.dataset.saved);
      const { saved, over } = await response.json();
      if (over) $("finish").submit();
      else if (saved) run.submit();
      else setTimeout(look, 500);
    } catch {
      setTimeout(look, 2000);
    }
  };
  look();
}

// What the points that were ticked suggest, as in the terminal.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-counts]")) return;
  const boxes = [...document.querySelectorAll("[data-counts]")];
  const share = boxes.filter((box) => box.checked).length / boxes.length;
  const shares = JSON.parse(document.querySelector("[data-shares]").dataset.shares);
  $("suggestion").textContent = `The points suggest: ${shares.find(([, least]) => share >= least)[0]}.`;
});

// A key does what the element says that names it, if it is to be seen; while something is typed, it is a letter.
function keyed() {
  const all = [...document.querySelectorAll("[data-key]")];
  return all.filter((each) => !each.closest("details:not([open]) > :not(summary)"));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  // By itself, Enter would send the form by its first button.
  if (event.key === "Enter" && event.target.matches("[type=checkbox]")) {
    event.preventDefault();
    event.target.click();
    return;
  }
  if (event.key === " " && event.target.closest("input, button, summary, a")) return;
  if ($("keys").open) return;
  const element = keyed().find((each) => each.dataset.key === event.key);
  if (!element) return;
  event.preventDefault();
  // From what has been opened, the next Tab goes on into it.
  if (element.matches("input, summary")) element.focus();
  if (!element.matches("input")) element.click();
});

$("show-keys").addEventListener("click", () => {
  $("keys-list").replaceChildren(
    ...keyed().filter((each) => each.dataset.says).flatMap((each) => {
      const key = document.createElement("dt");
      const says = document.createElement("dd");
      key.textContent = each.dataset.key === " " ? "Space" : each.dataset.key;
      says.textContent = each.dataset.says;
      return [key, says];
    }),
  );
  $("keys").showModal();
});
