// The composer: keys and the mouse, one change after the other, and what others do to the same issue.
// Nothing needs it: without it each of these is a button.

const { root } = document.body.dataset;
const words = JSON.parse(document.getElementById("words").textContent);
const composer = document.querySelector("[data-letter]");
const place = composer.querySelector("[data-issue]");
const renew = composer.querySelector("[data-renew]");
const issue = () => place.querySelector(".issue");
const items = () => Array.from(place.querySelectorAll("li.told"));
const here = () => place.querySelector("li.told.here");
const find = (name) => items().find((item) => item.dataset.name === name);

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};
const parse = (text) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  return make("div", {}, ...page.body.childNodes);
};
const toast = (text) => {
  const node = make("div", { className: "toast failed", textContent: text });
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), 12000);
};

const stand = (item, takesFocus = true, scrolls = takesFocus) => {
  if (!item) return;
  here()?.classList.remove("here");
  item.classList.add("here");
  if (!takesFocus) return;
  item.focus({ preventScroll: true });
  if (scrolls) item.scrollIntoView({ block: "nearest" });
};
const step = (by) => {
  const all = items();
  stand(all[all.indexOf(here()) + by] ?? (here() ? null : all[0]));
};

// ---- one change after the other: each has seen what those before it made --------------------------

let order = issue().dataset.order;
let line = Promise.resolve();
let waiting = 0;

const post = async (fields) => {
  const headers = { Accept: "application/json" };
  const answer = await fetch(composer.dataset.href, { method: "POST", headers, body: new URLSearchParams(fields) }).catch(() => null);
  if (answer?.status === 401) return location.reload();
  const told = await answer?.json().catch(() => null);
  if (told?.order !== undefined) order = told.order;
  if (told?.differs?.length) return choose(told);
  if (!answer?.ok) {
    const what = [told?.title ?? String(answer?.status ?? ""), told?.detail].filter(Boolean).join(": ");
    toast(words.not_saved.replace("{what}", what));
  }
};
const count = (by) => {
  waiting += by;
  place.dataset.waits = waiting || "";
};
const send = (makeFields) => {
  count(1);
  line = line.then(() => post(makeFields())).finally(() => {
    count(-1);
    if (!waiting) show();
  });
  return line;
};

const choose = (told) => {
  const lines = told.differs.map((one) =>
    make("div", { className: "conflict" },
      make("b", { textContent: [one.field, one.story].filter(Boolean).join(": ") }),
      make("p", { textContent: one.is_filed ? words.letter_was_filed : words.letter_differs.replace("{name}", one.by) }),
      make("p", { textContent: `${words.conflict_mine}: ${one.mine}` }),
      ...(one.is_filed ? [] : [make("p", { textContent: `${words.conflict_theirs}: ${one.theirs}` })])));
  const dialog = make("dialog", {}, make("h2", { textContent: words.conflict_title }), make("div", {}, ...lines));
  dialog.setAttribute("aria-label", words.conflict_title);
  const theirs = make("button", { type: "button", textContent: words.keep_theirs, onclick: () => dialog.close() });
  const mine = make("button", { type: "button", className: "main", textContent: words.keep_mine });
  mine.addEventListener("click", () => {
    dialog.close();
    send(() => told.again);
  });
  dialog.append(make("p", { className: "foot" }, theirs, mine));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
};

// ---- the issue as it is now -----------------------------------------------------------------------

// What somebody types is never taken from under their hands.
const typing = () => place.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox], [type=hidden]), textarea") ? document.activeElement : null;
const isTyped = (field) => field && field.value !== field.defaultValue;
const hasTyped = () => Array.from(place.querySelectorAll("input:not([type=checkbox], [type=hidden]), textarea")).some(isTyped);

const markFocus = () => {
  const node = document.activeElement;
  if (!place.contains(node)) return () => {};
  const name = node.closest("li.told")?.dataset.name;
  const control = ["name", "value"].map((key) => node.getAttribute(key)).filter(Boolean);
  const [start, end] = [node.selectionStart, node.selectionEnd];
  const action = node.closest("form")?.getAttribute("action");
  return () => {
    const within = name ? find(name) : place;
    const form = Array.from(within?.querySelectorAll("form") ?? []).find((one) => one.getAttribute("action") === action);
    const named = control.length && Array.from(within?.querySelectorAll(`[name="${control[0]}"]`) ?? []).find((one) => !control[1] || one.type !== "submit" || one.value === control[1]);
    const same = named || (!control.length && node.matches("button") && form?.querySelector("button:not([name])"));
    const next = same && !same.disabled ? same : name ? within ?? items()[0] : null;
    next?.focus({ preventScroll: true });
    if (next === same && typeof start === "number" && same.type !== "submit") same.setSelectionRange?.(start, end);
  };
};

// A tick is for the issue that was looked at: where that has changed, it is to be set anew.
const markTicks = () => {
  const [seen, ticked] = [issue().dataset.digest, Array.from(place.querySelectorAll("input[type=checkbox]:checked"), (box) => box.name)];
  return () => {
    if (issue().dataset.digest !== seen) return;
    place.querySelectorAll("input[type=checkbox]").forEach((box) => (box.checked ||= ticked.includes(box.name)));
  };
};

let digest = issue().dataset.digest;
const show = async (isAsked = false) => {
  if (waiting) return;
  const answer = await fetch(`${composer.dataset.href}now`).catch(() => null);
  if (!answer?.ok || waiting) return;
  const fresh = parse(await answer.text());
  if (hasTyped() && !isAsked) {
    renew.hidden = fresh.querySelector(".issue").dataset.digest === issue().dataset.digest;
    return;
  }
  renew.hidden = true;
  const top = here()?.getBoundingClientRect().top;
  const [name, at] = [here()?.dataset.name, items().indexOf(here())];
  const open = Array.from(place.querySelectorAll("details[open]"), (fold) => fold.closest("li.told")?.dataset.name ?? "");
  const [focus, tick] = [markFocus(), markTicks()];
  place.replaceChildren(...fresh.childNodes);
  tick();
  order = issue().dataset.order;
  open.forEach((one) => (one ? find(one)?.querySelector("details") : place.querySelector("details.changes"))?.setAttribute("open", ""));
  if (name) stand(find(name) ?? items()[Math.min(at, items().length - 1)], false);
  focus();
  if (top !== undefined && here()) window.scrollBy(0, here().getBoundingClientRect().top - top);
  if (document.activeElement === document.body) stand(here() ?? items()[0]);
  prepare();
  if (issue().dataset.digest !== digest) showMail();
  digest = issue().dataset.digest;
};
const showMail = () => composer.querySelectorAll("iframe").forEach((frame) => frame.replaceWith(frame.cloneNode()));

let looking = 0;
const showLater = (milliseconds) => {
  clearTimeout(looking);
  looking = setTimeout(show, milliseconds);
};
document.addEventListener("copydesk-event", ({ detail }) => {
  if (detail.kind === "changed") showLater(1500); // a round changes much, and an issue is dear
  else if (detail.kind === "letter" && detail.id === composer.dataset.letter) showLater(200);
});
renew.addEventListener("click", () => show(true));

// ---- what is done to a story ----------------------------------------------------------------------

const move = (item, to) => {
  const list = item?.closest("[data-part]");
  const all = list ? Array.from(list.children) : [];
  const at = all.indexOf(item);
  if (!item || to < 0 || to >= all.length || to === at) return;
  const beside = namesOf(list);
  all[to][to > at ? "after" : "before"](item);
  stand(item);
  sendMove(item, to, beside);
};
const namesOf = (list) => Array.from(list.children, (item) => item.dataset.name);
const sendMove = (item, place, beside) => {
  const story = item.dataset.name;
  send(() => [["do", "move"], ["story", story], ["place", place], ["seen", order], ...beside.map((name) => ["beside", name])]);
};
const moveBy = (by) => here() && move(here(), Array.from(here().parentElement.children).indexOf(here()) + by);
const drop = (item = here()) => {
  if (!item) return;
  const story = item.dataset.name;
  const next = item.nextElementSibling ?? item.previousElementSibling ?? items().find((one) => one !== item);
  item.remove();
  stand(next);
  send(() => ({ do: "drop", story }));
};
const edit = () => {
  const fold = here()?.querySelector("details");
  if (!fold) return;
  fold.open = true;
  fold.querySelector("input[name=title]").focus();
};
const press = (key) => place.querySelector(`button[data-key="${key}"]`)?.click();

document.addEventListener("click", (event) => stand(event.target.closest("li.told"), false));
document.addEventListener("focusin", (event) => stand(event.target.closest("li.told"), false));
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-change]");
  if (!form) return;
  event.preventDefault();
  const item = form.closest("li.told");
  const does = event.submitter?.value;
  if (does === "drop") return drop(item);
  if (does === "up" || does === "down") return stand(item), moveBy(does === "up" ? -1 : 1);
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  form.querySelectorAll("input, textarea").forEach((field) => (field.defaultValue = field.value)); // it is on its way
  if (item) item.querySelector("details").open = false;
  if (item) stand(item);
  const isFound = found?.contains(form);
  if (isFound) field.focus();
  send(() => fields).then(() => isFound && look());
});
document.addEventListener("keydown", (event) => {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!event.altKey || !by || !event.target.closest("li.told") || typing()) return;
  event.preventDefault();
  moveBy(by);
});

// Out of a field the hand is where it was.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !composer.contains(event.target) || !event.target.matches("input, textarea, select")) return;
  event.stopPropagation();
  stand(here() ?? items()[0]);
}, { capture: true });

let dragged = null;
let from = [];
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("li.told") ?? null;
  from = dragged ? namesOf(dragged.parentElement) : [];
});
document.addEventListener("dragover", (event) => {
  const item = event.target.closest("li.told");
  if (!dragged || !item || item.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  const middle = item.getBoundingClientRect().top + item.offsetHeight / 2;
  if (item !== dragged) item[event.clientY < middle ? "before" : "after"](dragged);
});
document.addEventListener("drop", (event) => dragged && event.preventDefault());
document.addEventListener("dragend", () => {
  const item = dragged;
  dragged = null;
  if (!item) return;
  const to = namesOf(item.parentElement).indexOf(item.dataset.name);
  if (from[to] === item.dataset.name) return;
  stand(item);
  sendMove(item, to, from);
});

// ---- what mail programs show, stories that may be added -------------------------------------------

const prepare = () => {
  items().forEach((item) => (item.draggable = Boolean(item.querySelector("form"))));
  place.querySelectorAll("input[data-cut]").forEach((field) => {
    const cut = Number(field.dataset.cut);
    field.addEventListener("input", () => {
      const letters = Array.from(field.value);
      const label = field.closest("label");
      label.querySelector("[data-shown]").textContent = letters.length > cut ? `${letters.slice(0, cut).join("")}…` : field.value;
      label.querySelector("[data-length]").textContent = `${letters.length} / ${cut}`;
    });
  });
};

const field = composer.querySelector("[data-find]");
const found = composer.querySelector("[data-found]");
let asking = null;
let timer = 0;
// Null where it was given up, be it while the answer came.
const read = (address, signal) => fetch(address, { signal }).then((answer) => (answer.ok ? answer.text() : null)).catch(() => null);
const look = async () => {
  asking?.abort();
  asking = new AbortController();
  const query = new URLSearchParams({ q: field.value.slice(0, 200) });
  const told = await read(`${composer.dataset.href}found?${query}`, asking.signal);
  if (told !== null) found.replaceChildren(...parse(told).childNodes);
};
field?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, 150);
});
field?.form.addEventListener("submit", (event) => {
  event.preventDefault();
  look();
});

// ---- keys -----------------------------------------------------------------------------------------

const goTo = (selector) => {
  const node = composer.querySelector(selector);
  node?.focus();
  node?.scrollIntoView({ block: "center" });
};
const commands = [
  ["j", words.key_next, () => step(1)],
  ["k", words.key_previous, () => step(-1)],
  ["o", words.open_story, () => here()?.querySelector("h3 a")?.click()],
  ["J", words.letter_down, () => moveBy(1)],
  ["K", words.letter_up, () => moveBy(-1)],
  ["x", words.letter_drop, () => drop()],
  ["e", words.letter_words, edit],
  ["a", words.key_letter_search, () => goTo("[data-find]")],
  ["s", words.key_letter_subject, () => goTo("[name=subject]")],
  ["n", words.key_letter_note, () => goTo("[name=note]")],
  ["A", words.letter_approve, () => press("A")],
  ["h", `${words.letter_hold} / ${words.letter_release}`, () => press("h")],
  ["u", words.undo, () => press("u")],
];
const looks = new Set(["j", "k", "o"]);
commands
  .filter(([keys]) => looks.has(keys) || field)
  .forEach(([keys, text, run]) => document.dispatchEvent(new CustomEvent("copydesk-command", { detail: { keys, text, run } })));

prepare();
stand(items()[0], !location.hash, false); // what is above the first story stays in sight
