// Topics are put below each other by drag or by keys. The server moves them, and the list is drawn
// anew from its answer; without a script each grip leads to the form that does the same.

const place = document.querySelector("[data-move]");
const said = document.getElementById("moved");
const words = place.dataset;
const FAR = 5; // pixels after which a press is a drag
const EDGE = 80; // pixels from the window's ends within which a drag scrolls
let drag = null;
let hasDragged = false; // since the last press: its click follows no link
let isAtWork = false;

const rows = () => Array.from(place.querySelectorAll("li[data-name]"));
const rowOf = (name) => rows().find((row) => row.dataset.name === name);
const fill = (word, values) => word.replace(/\{(\w+)\}/g, (_, gap) => values[gap]);
const tell = (word) => {
  if (said.textContent !== word) said.textContent = word;
};

// a topic and all that stand below it: it cannot go there
const family = (row) => {
  const from = rows().slice(rows().indexOf(row));
  const end = from.findIndex((other, at) => at && Number(other.dataset.depth) <= Number(row.dataset.depth));
  return end < 0 ? from : from.slice(0, end);
};

const show = async (answer, name) => {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["ul.topics", "#take-back"]) {
    const drawn = page.querySelector(part);
    if (drawn) place.querySelector(part).replaceWith(drawn);
  }
  rowOf(name)?.querySelector(".grip").focus();
  return page.getElementById("moved")?.textContent.trim();
};

const move = async (row, parent) => {
  if (isAtWork || row.dataset.parent === parent) return;
  isAtWork = true;
  const { name, seen } = row.dataset;
  const body = new URLSearchParams({ name, seen, parent });
  try {
    const answer = await fetch(words.move, { method: "POST", body });
    if (answer.ok) return tell(await show(answer, name));
    const { title, detail } = await answer.json();
    await show(await fetch(location.pathname), name); // as it stands by now
    tell([title, detail].filter(Boolean).join("; "));
  } catch {
    tell(words.failed);
  } finally {
    isAtWork = false;
  }
};

// ---- by keys ------------------------------------------------------------------------------------

const steps = {
  ArrowRight: (row) => {
    const before = rows().slice(0, rows().indexOf(row)).findLast((other) => other.dataset.parent === row.dataset.parent);
    if (before) move(row, before.dataset.name);
    else tell(fill(words.first, row.dataset));
  },
  ArrowLeft: (row) => {
    const above = rowOf(row.dataset.parent);
    if (above) move(row, above.dataset.parent);
    else tell(fill(words.top, row.dataset));
  },
  ArrowUp: () => tell(words.sequence),
  ArrowDown: () => tell(words.sequence),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") end();
  const row = event.target.closest?.("li[data-name]");
  if (!row || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !(event.key in steps)) return;
  event.preventDefault(); // alt and an arrow is the browser's way back, too
  steps[event.key](row);
});

// ---- by drag ------------------------------------------------------------------------------------

const mark = (onto) => {
  if (onto === drag.onto) return;
  drag.onto?.classList.remove("onto");
  onto?.classList.add("onto");
  drag.onto = onto;
  const { name } = drag.row.dataset;
  if (onto) tell(fill(onto.dataset.name ? words.below : words.top, { name, parent: onto.dataset.name }));
  else tell("");
};

const end = () => {
  if (!drag) return;
  if (hasDragged) mark(null);
  drag.row.classList.remove("dragged");
  place.classList.remove("dragging");
  drag = null;
};

place.addEventListener("dragstart", (event) => event.preventDefault());

place.addEventListener("pointerdown", (event) => {
  hasDragged = false;
  const grip = event.target.closest(".grip");
  if (!grip || event.button) return;
  grip.setPointerCapture(event.pointerId);
  const row = grip.closest("li");
  drag = { row, family: family(row), x: event.clientX, y: event.clientY, onto: null };
});

place.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const { clientX: x, clientY: y } = event;
  if (!hasDragged && Math.hypot(x - drag.x, y - drag.y) < FAR) return;
  if (!hasDragged) tell("");
  hasDragged = true;
  place.classList.add("dragging");
  drag.row.classList.add("dragged");
  if (y < EDGE) scrollBy(0, -EDGE / 4);
  if (y > innerHeight - EDGE) scrollBy(0, EDGE / 4);
  const met = document.elementFromPoint(x, y)?.closest("li[data-name], .to-top");
  mark(met && !drag.family.includes(met) ? met : null);
});

place.addEventListener("pointerup", () => {
  if (!drag) return;
  const { row, onto } = drag;
  end();
  if (onto) move(row, onto.dataset.name);
});

place.addEventListener("click", (event) => {
  if (hasDragged && event.detail) event.preventDefault(); // Enter makes one without a press
});

place.addEventListener("pointercancel", end);
