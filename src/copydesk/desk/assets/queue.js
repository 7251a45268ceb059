// The list of stories for a day's work: compact rows, a reading pane, filters by key, ranges, all stories
// of a filter. Nothing needs it. Its parts of desk.js come from the module that the page has loaded.

const { act, allRows, ask, commands, editor, everything, fragment, here, isOpen, make, markSaving, nameOf, newId, noteDone, palette, picks, root, rowOf, rows, say, showPicks, stand, step, toast, unpick, WAITS, watch } =
  await import(document.querySelector("script[src$='-desk.js']").src);

const press = (command) => document.dispatchEvent(new CustomEvent("copydesk-command", { detail: command }));
const button = (does) => document.querySelector(`[data-do=${does}]`);

// ---- how rows look, remembered by the browser -----------------------------------------------------

const LOOKS = `copydesk-looks ${root}`;
const readLooks = () => {
  try {
    return JSON.parse(localStorage.getItem(LOOKS)) ?? {};
  } catch {
    return {};
  }
};
const looks = readLooks();
const side = document.getElementById("side");
const wide = matchMedia("(min-width: 64rem)");
const phone = matchMedia("(max-width: 40rem)");

const showLooks = () => {
  const isSide = Boolean(looks.side) && wide.matches;
  document.documentElement.classList.toggle("compact", Boolean(looks.compact) && !phone.matches);
  document.documentElement.classList.toggle("with-side", isSide);
  side.hidden = !isSide;
  button("density").setAttribute("aria-pressed", String(Boolean(looks.compact)));
  button("side").setAttribute("aria-pressed", String(isSide));
};
const turn = (look, isOn = !looks[look]) => {
  looks[look] = isOn;
  try {
    localStorage.setItem(LOOKS, JSON.stringify(looks));
  } catch {
    // it is forgotten with the page
  }
  showLooks();
  if (look === "side") showSide();
  here()?.focus({ preventScroll: true });
  here()?.scrollIntoView({ block: "nearest" });
};
const turnSide = () => (wide.matches ? turn("side") : toast(say("side_narrow")));

// ---- the reading pane -------------------------------------------------------------------------------

const AHEAD = 4; // stories whose text is fetched before their turn
const KEPT = 60;
const parts = new Map(); // by name and version of a row: its text and reasons, or the promise of them

const fetchPart = (row) => {
  const key = `${nameOf(row)} ${row.dataset.version}`;
  if (!parts.has(key)) {
    const part = fragment(`${root}story/${encodeURIComponent(nameOf(row))}/?side`).catch(() => parts.delete(key) && null);
    parts.set(key, part);
    if (parts.size > KEPT) parts.delete(parts.keys().next().value);
  }
  return parts.get(key);
};

// What the row has is shown at once: headline, status, group and buttons.
const makeHead = (row) => {
  const copy = (selector) => row.querySelector(selector)?.cloneNode(true);
  const title = make("h2", {}, ...Array.from(row.querySelector("h2").childNodes, (node) => node.cloneNode(true)));
  const offered = Array.from(row.querySelectorAll(".acts [data-act]")).filter(({ dataset: { act: which } }) => which !== "snooze" || WAITS.includes(row.dataset.standing));
  const acts = make("p", { className: "acts" }, ...offered.map((node) => node.cloneNode(true)));
  return [copy(".meta"), title, acts, copy(".word"), copy(".note"), copy(".others")].filter(Boolean);
};

const showSide = async () => {
  const row = here();
  if (side.hidden || !row || !nameOf(row)) return;
  const name = nameOf(row);
  const isAgain = side.dataset.shown === name;
  const focused = Array.from(side.querySelectorAll("a, button")).indexOf(document.activeElement);
  const head = makeHead(row);
  side.dataset.shown = name;
  if (isAgain) side.querySelector(".side-head").replaceChildren(...head);
  else {
    delete side.dataset.story;
    side.replaceChildren(make("div", { className: "side-head" }, ...head), make("div", { className: "side-part" }));
    side.scrollTop = 0;
  }
  if (isAgain && focused >= 0) side.querySelectorAll("a, button")[focused]?.focus({ preventScroll: true });
  const part = await fetchPart(row);
  if (side.dataset.shown !== name) return;
  side.querySelector(".side-part").replaceChildren(part?.cloneNode(true) ?? say("no_answer"));
  side.dataset.story = name;
  const all = allRows();
  all.slice(all.indexOf(row) + 1).filter((next) => isOpen(next) && nameOf(next)).slice(0, AHEAD).forEach(fetchPart);
};
document.addEventListener("copydesk-here", showSide);
[wide, phone].forEach((query) => query.addEventListener("change", () => {
  showLooks();
  showSide();
}));

// ---- filters ----------------------------------------------------------------------------------------

const selects = Array.from(document.querySelectorAll("[data-filters] select"));
const chooseFilter = () => {
  const choices = selects.flatMap((select) => Array.from(select.options).filter((option) => !option.selected).map((option) => ({
    keys: "",
    text: `${select.closest("label").querySelector("span").textContent}: ${option.text}`,
    run: () => {
      select.value = option.value;
      select.form.requestSubmit();
    },
  })));
  const clear = { keys: "", text: say("filters_clear"), run: () => (location.href = `${root}?view=${rows.dataset.view}`) };
  palette([clear, ...choices]);
};
const head = document.querySelector(".head");
button("filters").addEventListener("click", ({ currentTarget }) => {
  const isOpened = head.classList.toggle("unfolded");
  currentTarget.setAttribute("aria-expanded", String(isOpened));
});
const chosen = selects.filter((select) => select.selectedIndex > 0).length;
if (chosen) button("filters").append(` (${chosen})`);

// ---- ranges, and all stories of the filter ----------------------------------------------------------

let anchor = ""; // the story at which a range begins
let ranged = new Set();
const pick = (row, isPicked) => {
  const box = row.querySelector(".pick input");
  if (box) box.checked = isPicked;
};
const extendTo = (row) => {
  const all = allRows();
  const [from, to] = [all.indexOf(rowOf(anchor)), all.indexOf(row)].sort((a, b) => a - b);
  const inside = new Set(all.slice(Math.max(0, from), to + 1));
  for (const one of all) if (inside.has(one) || ranged.has(nameOf(one))) pick(one, inside.has(one));
  ranged = new Set(Array.from(inside, nameOf));
  showPicks();
};
const begin = (row) => {
  anchor = nameOf(row);
  ranged = new Set([anchor]);
};
const range = async (by) => {
  if (!here()) return;
  if (!picks().length || !rowOf(anchor)) begin(here());
  await step(by);
  extendTo(here());
};
document.addEventListener("change", ({ target }) => target.closest(".pick") && begin(target.closest(".row")));
document.addEventListener("mousedown", (event) => event.shiftKey && event.target.closest(".row") && event.preventDefault());
document.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (!event.shiftKey || !row || event.target.closest("a, button")) return;
  if (!event.target.matches("input")) event.preventDefault();
  if (!rowOf(anchor)) begin(here() ?? row);
  extendTo(row);
}, { capture: true });

const total = document.querySelector("[data-total]");
const all = button("all");
document.addEventListener("copydesk-picks", ({ detail: { picked, told } }) => {
  if (!all) return;
  if (picked.length !== everything.picked) everything.names = null;
  all.form.classList.toggle("everything", Boolean(everything.names));
  const count = Number(total.dataset.total);
  all.hidden = !picked.length || (!everything.names && count <= picked.length);
  all.textContent = everything.names ? say("cancel") : say("pick_all", { count });
  if (everything.names) told.textContent = say("picked_all", { count: everything.names.length });
});
all?.addEventListener("click", async () => {
  if (everything.names) return unpick();
  const answer = await fetch(`${root}matches?${rows.dataset.query}`).catch(() => null);
  if (!answer?.ok) return toast(say("not_saved", { what: say("no_answer") }), { failed: true });
  Object.assign(everything, { names: await answer.json(), picked: picks().length });
  showPicks();
});

// Sent in lots, each once the one before is settled: what stands is told at any moment, and it stops after any lot.
const LOT = 50;
let isAtWork = false;
const readLot = async (names) => {
  const query = names.map((name) => `&story=${encodeURIComponent(name)}`).join("");
  const answer = await fetch(`${root}matches?${rows.dataset.query}${query}`).catch(() => null);
  return answer?.ok ? answer.json() : null;
};
everything.act = async (kind, said, more) => {
  const { names } = everything;
  const [moment, count] = [newId(), names.length];
  let [done, at, isStopped] = [0, 0, false];
  unpick();
  isAtWork = true;
  const stop = make("button", { type: "button", textContent: say("lots_stop"), onclick: () => (isStopped = true) });
  const bar = toast(say("lots_done", { done, count }), { id: "lots", stays: true, button: stop });
  const meter = make("progress", { max: count, value: 0 });
  meter.setAttribute("aria-label", say("stories", { count }));
  bar.append(meter);
  while (at < count && !isStopped) {
    const lot = names.slice(at, at + LOT);
    const seen = await readLot(lot);
    if (!seen) {
      await new Promise((wait) => setTimeout(wait, 1000)); // until the connection is back
      continue;
    }
    const actions = Object.entries(seen).map(([name, digests], number) => {
      const fields = Object.entries(JSON.parse(digests)).map(([field, digest]) => [`${name} ${field}`, digest]);
      return { id: `${moment}-${at + number}`, kind, said, stories: [name], values: [], why: "", seen: Object.fromEntries(fields), ...more };
    });
    actions.forEach((one) => markSaving(one));
    noteDone(actions);
    const settled = watch(actions);
    if (actions.length) await act(actions);
    done += (await settled).filter(({ state }) => state === "done").length;
    at += lot.length;
    bar.firstChild.textContent = say("lots_done", { done, count });
    meter.value = at;
  }
  isAtWork = false;
  bar.remove();
  const ends = [say(at < count ? "lots_stopped" : "lots_done", { done, count })];
  if (at > done) ends.push(say("lots_left", { count: at - done }));
  toast(ends.join(" "), { id: "lots", stays: true, button: make("button", { type: "button", textContent: say("close"), onclick: ({ target }) => target.parentElement.remove() }) });
};
window.addEventListener("beforeunload", (event) => isAtWork && event.preventDefault());

// ---- keys -------------------------------------------------------------------------------------------

const isSideOpen = () => !side.hidden;
[
  { keys: "J", text: say("key_range"), run: () => range(1) },
  { keys: "K", text: say("key_range_back"), run: () => range(-1) },
  { keys: "q", text: say("key_side"), run: turnSide },
  { keys: "d", text: say("key_density"), run: () => turn("compact") },
  { keys: "F", text: say("key_filters"), run: chooseFilter },
  { keys: "Space", text: say("key_side_down"), run: ({ shiftKey } = {}) => side.scrollBy({ top: (shiftKey ? -0.85 : 0.85) * side.clientHeight }) },
  { keys: "Enter", text: say("key_side_focus"), run: () => isSideOpen() ? side.focus({ preventScroll: true }) : commands.find(({ keys }) => keys === "o").run() },
  { keys: "Escape", text: say("key_side_close"), run: () => isSideOpen() ? turn("side", false) : unpick() },
].forEach(press);
button("density").addEventListener("click", () => turn("compact"));
button("side").addEventListener("click", turnSide);
showLooks();
showSide();
