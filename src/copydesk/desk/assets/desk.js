// The desk's script: keys, words said at once, and what others do meanwhile. Nothing needs it:
// without it every row has its forms.

const root = document.body.dataset.root;
const words = JSON.parse(document.getElementById("words").textContent);
const rows = document.getElementById("rows");
const bulk = document.getElementById("bulk");
const toasts = document.getElementById("toasts");
document.documentElement.classList.add("scripted");

const say = (key, values = {}) => {
  const word = words[key] ?? key;
  const form = typeof word === "string" ? word : word[String(values.count)] ?? word.other;
  return form.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
};

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

const newId = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // an address that is not https
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

// ---- rows, and the one under the hand -----------------------------------------------------------

const allRows = () => Array.from(document.querySelectorAll(".row"));
const here = () => document.querySelector(".row.here");
const nameOf = (row) => row.dataset.name;
const seenOf = (node) => {
  const fields = JSON.parse(node.dataset.seen || "{}");
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [`${node.dataset.name} ${key}`, value]));
};

const stand = (row, scroll = true) => {
  if (!row) return;
  here()?.classList.remove("here");
  here()?.removeAttribute("aria-current");
  row.classList.add("here");
  row.setAttribute("aria-current", "true");
  row.focus({ preventScroll: true });
  tellPresence();
  if (scroll) row.scrollIntoView({ block: "nearest" });
};

const step = async (by) => {
  const all = allRows();
  const at = all.indexOf(here());
  const next = all[at + by] ?? (at < 0 ? all[0] : null);
  if (next) return stand(next);
  if (by > 0 && (await loadMore())) stand(allRows()[at + 1]);
};

const nextOpen = (row) => {
  const all = allRows();
  return all.slice(all.indexOf(row) + 1).find((other) => !other.dataset.state) ?? null;
};

const picks = () => Array.from(document.querySelectorAll(".pick input:checked"), (box) => box.closest(".row"));
const meant = () => {
  const picked = picks();
  return picked.length ? picked : here() ? [here()] : [];
};

const showPicks = () => {
  if (!bulk) return;
  const picked = picks();
  allRows().forEach((row) => row.classList.toggle("picked-row", picked.includes(row)));
  bulk.classList.toggle("open", picked.length > 0);
  const told = bulk.querySelector("[data-picked]");
  told.hidden = false;
  told.textContent = say("picked", { count: picked.length });
};

const unpick = () => {
  picks().forEach((row) => (row.querySelector(".pick input").checked = false));
  showPicks();
};

const rowOf = (name) => allRows().find((row) => nameOf(row) === name);

// ---- what is said, kept until the server has it ---------------------------------------------------

const OUTBOX = `copydesk-outbox ${root}`;
const readOutbox = () => {
  try {
    return JSON.parse(localStorage.getItem(OUTBOX)) ?? [];
  } catch {
    return [];
  }
};
const writeOutbox = (actions) => {
  try {
    localStorage.setItem(OUTBOX, JSON.stringify(actions));
  } catch {
    // a full or forbidden storage: what is under way lives as long as the page
  }
  outbox = actions;
};
let outbox = readOutbox();
let sending = null;
const sentActions = new Map(); // by id: a conflict may have one sent again
let again = 1000;

const act = (actions) => {
  actions.forEach((action) => sentActions.set(action.id, action));
  writeOutbox([...outbox, ...actions]);
  return flush();
};

const flush = () => {
  sending ??= send().finally(() => (sending = null));
  return sending;
};

const send = async () => {
  while (outbox.length) {
    const some = outbox.slice(0, 100);
    const ids = new Set(some.map((action) => action.id));
    let answer;
    try {
      answer = await fetch(`${root}actions`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(some),
      });
    } catch {
      answer = null;
    }
    if (!answer || answer.status >= 500) {
      toast(say("offline", { count: outbox.length }), { id: "offline", stays: true });
      setTimeout(flush, again);
      again = Math.min(again * 2, 30000);
      return;
    }
    again = 1000;
    document.getElementById("toast-offline")?.remove();
    writeOutbox(outbox.filter((action) => !ids.has(action.id)));
    if (answer.status === 401) {
      location.reload();
      return;
    }
    if (!answer.ok) {
      const problem = await answer.json().catch(() => ({ title: String(answer.status) }));
      some.forEach((action) => settle({ ...action, state: "refused", what: problem.title, hint: problem.detail ?? "" }));
    }
  }
};

// ---- how a row shows what became of a word ------------------------------------------------------

const mark = (row, text, state, undoId) => {
  if (!row) return;
  row.dataset.state = state;
  row.classList.toggle("done", state !== "refused");
  const told = row.querySelector(".state");
  if (!told) return;
  told.classList.toggle("failed", state === "refused");
  told.replaceChildren(text);
  if (undoId) row.dataset.undo = undoId;
  if (undoId && state !== "refused") {
    const button = make("button", { type: "button", className: "quiet", textContent: say("undo") });
    button.addEventListener("click", () => undo(undoId));
    told.append(" ", button);
  }
};

const wordFor = (action) => words[`said_${action.said}`] ?? words[action.said] ?? action.said;

const settle = (done) => {
  const names = done.stories ?? [];
  const row = names.map(rowOf).find(Boolean) ?? allRows().find((one) => one.dataset.undo === done.id);
  if (done.state === "done") {
    if (done.kind === "undo" || done.kind === "rule" || done.said === "clear") {
      if (row && !isBusy(row)) refetch([row.dataset.event]);
      else if (row) mark(row, done.kind === "undo" ? say("taken_back") : `${wordFor(done)} · ${say("saved")}`, "saved");
    } else {
      mark(row, `${wordFor(done)} · ${say("saved")}`, "saved", done.id);
    }
    return;
  }
  if (done.state === "conflict") return choose(done);
  const why = [done.what, done.hint].filter(Boolean).join(": ");
  mark(row, say("not_saved", { what: why }), "refused");
  toast(say("not_saved", { what: why }), { failed: true });
};

const isBusy = (row) => row.contains(document.activeElement) && document.activeElement !== row;

const toast = (text, { id = "", stays = false, failed = false, button = null } = {}) => {
  if (id) document.getElementById(`toast-${id}`)?.remove();
  const node = make("div", { className: failed ? "toast failed" : "toast", id: id ? `toast-${id}` : "" }, make("span", { textContent: text }));
  if (button) node.append(button);
  toasts.append(node);
  if (!stays) setTimeout(() => node.remove(), failed ? 12000 : 6000);
  return node;
};

// ---- words --------------------------------------------------------------------------------------

const action = (kind, said, row, more = {}) => ({
  id: newId(), kind, said, stories: [nameOf(row)], values: [], why: "", seen: seenOf(row), ...more,
});

const verdict = async (said) => {
  const stories = meant();
  if (!stories.length) return;
  let why = "";
  if (said === "reject" || said === "remove") {
    why = await askWhy(say(said === "reject" ? "reject_why" : "why"));
    if (why === null) return;
  }
  const actions = stories.map((row) => action("verdict", said, row, { why }));
  const after = nextOpen(stories.at(-1));
  stories.forEach((row, at) => mark(row, `${say(said === "clear" ? "clear" : `said_${said}`)} · ${say("saving")}`, "saving", actions[at].id));
  lastDone.push(...actions.map((one) => one.id));
  unpick();
  if (stories.includes(here()) && after) stand(after);
  await act(actions);
};

const rule = (said, row, more = {}) => {
  const made = action("rule", said, row, more);
  mark(row, `${say(said)} · ${say("saving")}`, "saving", made.id);
  lastDone.push(made.id);
  return act([made]);
};

const merge = () => {
  const stories = picks();
  if (stories.length < 2) return;
  const names = stories.map(nameOf);
  unpick();
  return rule("merge", stories[0], { stories: names, seen: {} });
};

const lastDone = [];
const undo = (id = lastDone.pop()) => {
  if (!id) return toast(say("no_undo"));
  const waiting = outbox.find((one) => one.id === id);
  const row = allRows().find((one) => one.dataset.undo === id);
  const at = lastDone.indexOf(id);
  if (at >= 0) lastDone.splice(at, 1);
  if (waiting && !sending) writeOutbox(outbox.filter((one) => one !== waiting));
  else act([{ id: newId(), kind: "undo", said: "", stories: row ? [nameOf(row)] : [], values: [id], why: "", seen: {} }]);
  const back = row ?? rowOf(waiting?.stories[0]);
  if (back) {
    delete back.dataset.state;
    delete back.dataset.undo;
    back.classList.remove("done");
    back.querySelector(".state")?.replaceChildren(say("taken_back"));
    stand(back);
  }
};

// ---- dialogs ------------------------------------------------------------------------------------

const open = (dialog) => {
  document.body.append(dialog);
  const from = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    from?.focus?.({ preventScroll: true });
  });
  dialog.showModal();
  return dialog;
};

const WHYS = `copydesk-whys ${root}`;
const learnedWhys = () => {
  const own = ["reason_off_topic", "reason_release", "reason_old", "reason_thin", "reason_opinion", "reason_source"].map((key) => say(key));
  let counts = {};
  try {
    counts = JSON.parse(localStorage.getItem(WHYS)) ?? {};
  } catch {
    // none was kept
  }
  const known = [...new Set([...Object.keys(counts), ...own])];
  return known.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0)).slice(0, 9);
};
const learnWhy = (why) => {
  try {
    const counts = JSON.parse(localStorage.getItem(WHYS)) ?? {};
    counts[why] = (counts[why] ?? 0) + 1;
    localStorage.setItem(WHYS, JSON.stringify(counts));
  } catch {
    // it is asked for again next time
  }
};

const askWhy = async (title) => {
  const why = await ask(title, learnedWhys().map((text) => [text, text]), say("reject_other"));
  if (why) learnWhy(why);
  return why;
};

const choose = (done) => {
  const lines = done.conflicts.map((one) =>
    make("div", { className: "conflict" },
      make("b", { textContent: one.field }),
      make("p", { textContent: `${say("conflict_mine")}: ${one.left}` }),
      make("p", { textContent: `${say("conflict_theirs")}: ${one.now}` })));
  const dialog = make("dialog", {}, make("h2", { textContent: say("conflict_title") }), make("div", {}, ...lines));
  const mine = make("button", { className: "main", type: "button", textContent: say("keep_mine") });
  const theirs = make("button", { type: "button", textContent: say("keep_theirs") });
  const row = (done.stories ?? []).map(rowOf).find(Boolean);
  const sent = sentActions.get(done.id);
  mine.addEventListener("click", () => {
    dialog.close();
    if (sent) act([{ ...sent, id: newId(), seen: {} }]);
  });
  theirs.addEventListener("click", () => dialog.close());
  dialog.append(make("p", { className: "foot" }, theirs, mine));
  mark(row, say("changed_since"), "refused");
  if (row) refetch([row.dataset.event]);
  open(dialog);
};
// ---- commands: one list for keys, palette and help ------------------------------------------------

const openRow = (edit = "") => {
  const link = here()?.querySelector("[data-open]");
  if (link) location.href = link.href + edit;
};

const commands = [
  { keys: "j", word: "key_next", run: () => step(1) },
  { keys: "k", word: "key_previous", run: () => step(-1) },
  { keys: "x", word: "key_pick", run: () => togglePick() },
  { keys: "p", word: "publish", run: () => verdict("publish") },
  { keys: "h", word: "hold", run: () => verdict("hold") },
  { keys: "r", word: "reject", run: () => verdict("reject") },
  { keys: "c", word: "clear", run: () => verdict("clear") },
  { keys: "D", word: "remove", run: () => verdict("remove") },
  { keys: "e", word: "edit", run: () => openRow("edit/") },
  { keys: "m", word: "merge", run: merge },
  { keys: "s", word: "split_off", run: () => here() && rule("split", here()) },
  { keys: "l", word: "lead", run: () => here() && rule("lead", here()) },
  { keys: "i", word: "pin", run: () => pin() },
  { keys: "b", word: "block", run: () => block() },
  { keys: "u", word: "undo", run: () => undo() },
  { keys: "o", word: "open_story", run: () => openRow() },
  { keys: "v", word: "open_original", run: () => here()?.dataset.origin && window.open(here().dataset.origin, "_blank", "noopener") },
  { keys: "n", word: "key_refresh", run: () => showNews() },
  { keys: "/", word: "key_search", run: () => document.querySelector(".find [type=search]").focus() },
  { keys: "?", word: "key_help", run: () => help() },
  ...Array.from(document.querySelectorAll(".views a[data-view]"), (link) => ({
    keys: link.querySelector("kbd")?.textContent ?? "",
    text: say("key_go", { view: link.querySelector("span").textContent }),
    run: () => link.click(),
  })),
];
const nameCommand = (command) => command.text ?? say(command.word);
const inHours = (hours) => new Date(Date.now() + hours * 3600000).toISOString();

// Ask for one of some choices, by its number or a click; null where nothing is chosen.
const ask = (title, choices, field = null) =>
  new Promise((resolve) => {
    let chosen = null;
    const finish = (value) => {
      chosen = value;
      dialog.close();
    };
    const buttons = choices.map(([text, value], at) => {
      const button = make("button", { type: "button", className: "quiet" }, make("kbd", { textContent: at + 1 }), make("span", { textContent: text }));
      button.addEventListener("click", () => finish(value));
      return make("li", {}, button);
    });
    const input = field && make("input", { type: "text", placeholder: field, maxLength: 200 });
    input?.setAttribute("aria-label", field);
    const form = make("form", { method: "dialog" },
      make("h2", { textContent: title }), make("ol", { className: "choices" }, ...buttons), ...(input ? [input] : []),
      make("p", { className: "foot" },
        make("button", { type: "button", textContent: say("cancel"), onclick: () => dialog.close() }),
        ...(input ? [make("button", { className: "main", textContent: say("save") })] : [])));
    const dialog = make("dialog", {}, form);
    form.addEventListener("submit", () => (chosen = input?.value.trim() || null));
    dialog.addEventListener("keydown", (event) => {
      const choice = choices[Number(event.key) - 1];
      if (choice && document.activeElement !== input) {
        event.preventDefault();
        finish(choice[1]);
      }
    });
    dialog.addEventListener("close", () => resolve(chosen));
    open(dialog);
  });

const pin = async () => {
  const row = here();
  if (!row) return;
  const ends = [["pin_6", 6], ["pin_24", 24], ["pin_72", 72], ["pin_open", 0]];
  const hours = await ask(say("pin_until"), ends.map(([key, value]) => [say(key), value]));
  if (hours !== null) rule("pin", row, { until: hours ? inHours(hours) : null });
};

const block = async () => {
  const row = here();
  if (!row) return;
  const { domain } = row.dataset;
  const value = await ask(say("block_title"), domain ? [[say("block_domain", { domain }), domain]] : [], say("block_phrase"));
  if (value) rule("block", row, { stories: [], values: [value], seen: {} });
};
const togglePick = () => {
  const box = here()?.querySelector(".pick input");
  if (box) box.checked = !box.checked;
  showPicks();
};

const help = () => {
  const list = make("dl", { className: "keys" }, ...commands.filter((one) => one.keys).map((one) =>
    make("div", {}, make("dt", { textContent: nameCommand(one) }), make("dd", {}, make("kbd", { textContent: one.keys })))));
  list.prepend(make("div", {}, make("dt", { textContent: say("all_commands") }), make("dd", {}, make("kbd", { textContent: "Ctrl K" }))));
  open(make("dialog", {}, make("h2", { textContent: say("keys") }), list));
};

const palette = () => {
  const input = make("input", { type: "text", placeholder: say("palette"), autocomplete: "off" });
  const list = make("ul", { id: "palette-list" });
  const dialog = make("dialog", { className: "palette" }, input, list);
  let shown = [];
  let at = 0;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", say("all_commands"));
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-label", say("palette"));
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "palette-list");
  const draw = () => {
    const wanted = input.value.trim().toLowerCase();
    shown = commands.filter((one) => nameCommand(one).toLowerCase().includes(wanted));
    at = Math.max(0, Math.min(at, shown.length - 1));
    const items = shown.map((one, number) => {
      const item = make("li", { id: `command-${number}` }, make("span", { textContent: nameCommand(one) }), make("kbd", { textContent: one.keys }));
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(number === at));
      item.addEventListener("click", () => pick(one));
      return item;
    });
    list.replaceChildren(...(items.length ? items : [make("li", { textContent: say("palette_none") })]));
    input.setAttribute("aria-activedescendant", items.length ? `command-${at}` : "");
    items[at]?.scrollIntoView({ block: "nearest" });
  };
  const pick = (command) => {
    dialog.close();
    command.run();
  };
  input.addEventListener("input", () => {
    at = 0;
    draw();
  });
  input.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      at = (at + by + shown.length) % Math.max(1, shown.length);
      draw();
    } else if (event.key === "Enter" && shown[at]) {
      event.preventDefault();
      pick(shown[at]);
    }
  });
  draw();
  open(dialog);
  input.focus();
};

let prefix = "";
const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return palette();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
  if (isTyping(event.target)) return;
  const keys = { ArrowDown: "j", ArrowUp: "k" }[event.key] ?? (event.key === "Enter" && event.target.matches(".row") ? "o" : event.key);
  const whole = prefix ? `${prefix} ${keys}` : keys;
  prefix = "";
  const command = commands.find((one) => one.keys === whole);
  if (command) {
    event.preventDefault();
    command.run();
  } else if (commands.some((one) => one.keys.startsWith(`${whole} `))) {
    prefix = whole;
    setTimeout(() => (prefix = ""), 1500);
  }
});

// ---- clicks -------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (row && !row.classList.contains("here")) stand(row, false);
  const button = event.target.closest("button");
  if (!button) return;
  const { act: which, split, lead, do: does } = button.dataset;
  if (does === "palette") palette();
  else if (does === "refresh") showNews();
  else if (which && which !== "edit") {
    event.preventDefault();
    unpick();
    verdict(which);
  } else if (split) {
    event.preventDefault();
    rule("split", row, { stories: [split, nameOf(row)], seen: {} });
  } else if (lead) {
    event.preventDefault();
    rule("lead", row, { stories: [lead], seen: {} });
  } else if (button.form === bulk && bulk) {
    event.preventDefault();
    const [kind, said] = button.value.split(" ");
    if (kind === "verdict") verdict(said);
    else merge();
  }
});
document.addEventListener("change", (event) => {
  if (event.target.closest(".pick")) showPicks();
  if (event.target.closest("[data-filters] select")) event.target.form.requestSubmit();
});
document.querySelectorAll("[data-do=palette]").forEach((button) => (button.hidden = false));

// ---- what others do -------------------------------------------------------------------------------

const fragment = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return make("template", { innerHTML: await answer.text() }).content;
};

const refetch = async (events) => {
  const query = events.map((event) => `event=${encodeURIComponent(event)}`).join("&");
  const content = await fragment(`${root}rows?${query}`).catch(() => null);
  if (!content) return;
  for (const fresh of content.querySelectorAll(".row")) {
    const old = document.getElementById(fresh.id);
    if (!old) continue;
    if (old.dataset.state) {
      fresh.dataset.state = old.dataset.state;
      fresh.dataset.undo = old.dataset.undo ?? "";
      fresh.className = old.className;
      fresh.querySelector(".state")?.replaceChildren(...(old.querySelector(".state")?.childNodes ?? []));
    }
    const isHere = old.classList.contains("here");
    const top = old.getBoundingClientRect().top;
    const box = fresh.querySelector(".pick input");
    if (box) box.checked = old.querySelector(".pick input")?.checked ?? false;
    old.replaceWith(fresh);
    if (isHere) {
      stand(fresh, false);
      window.scrollBy(0, fresh.getBoundingClientRect().top - top);
    }
  }
};

let fresh = new Set();
const lookAgain = async () => {
  if (!rows) return;
  const answer = await fetch(`${root}versions?${rows.dataset.query}`).catch(() => null);
  if (!answer?.ok) return;
  const told = await answer.json();
  const shown = new Map(allRows().map((row) => [row.dataset.event, row]));
  for (const [view, count] of Object.entries(told.counts)) {
    const node = document.querySelector(`[data-count="${view}"]`);
    if (node) node.textContent = count.toLocaleString();
  }
  fresh = new Set(Object.keys(told.rows).filter((event) => !shown.has(event)));
  const news = document.querySelector(".news");
  news.hidden = fresh.size === 0;
  news.textContent = say("new_stories", { count: fresh.size });
  const changed = Object.entries(told.rows).filter(([event, version]) => shown.has(event) && shown.get(event).dataset.version !== version);
  const quiet = changed.map(([event]) => event).filter((event) => !isBusy(shown.get(event)));
  if (quiet.length) await refetch(quiet);
};

const showNews = async () => {
  if (!fresh.size) return;
  const query = Array.from(fresh, (event) => `event=${encodeURIComponent(event)}`).join("&");
  const content = await fragment(`${root}rows?${query}`).catch(() => null);
  if (!content) return;
  const anchor = here();
  const top = anchor?.getBoundingClientRect().top ?? 0;
  rows.querySelector(".none")?.remove();
  rows.prepend(content);
  if (anchor) window.scrollBy(0, anchor.getBoundingClientRect().top - top);
  else stand(allRows()[0]);
  fresh = new Set();
  document.querySelector(".news").hidden = true;
};

const loadMore = async () => {
  const link = document.querySelector("[data-more]");
  if (!link || !rows) return false;
  const content = await fragment(link.href).catch(() => null);
  if (!content) return false;
  const known = new Set(allRows().map((row) => row.dataset.event));
  const more = Array.from(content.querySelectorAll(".row")).filter((row) => !known.has(row.dataset.event));
  rows.append(...more);
  const next = content.querySelector("[data-more]");
  if (next) link.href = next.href;
  else link.closest(".more").remove();
  return more.length > 0;
};
document.querySelector("[data-more]")?.addEventListener("click", async (event) => {
  event.preventDefault();
  const last = allRows().at(-1);
  if (await loadMore()) stand(last?.nextElementSibling);
});

// ---- who else looks at it -------------------------------------------------------------------------

const tab = newId();
let lookedAt = null;
let lookTimer = 0;
const tellPresence = () => {
  clearTimeout(lookTimer);
  lookTimer = setTimeout(() => {
    const event = here()?.dataset.event ?? "";
    if (event === lookedAt) return;
    lookedAt = event;
    fetch(`${root}presence`, { method: "POST", body: JSON.stringify({ tab, event }), keepalive: true }).catch(() => {});
  }, 700);
};
const showPresence = (there) => {
  document.querySelectorAll(".present").forEach((node) => node.remove());
  const others = there.filter((one) => one.tab !== tab && one.name !== document.body.dataset.editor);
  const told = new Map(others.map((one) => [`${one.event} ${one.name}`, one])); // two tabs are one person
  for (const { name, event } of told.values()) {
    const row = allRows().find((one) => one.dataset.event === event);
    row?.querySelector(".meta")?.append(make("span", { className: "present", textContent: say("is_here", { name }) }));
  }
};

let looking = 0;
const events = new EventSource(`${root}events`);
events.addEventListener("action", (event) => settle(JSON.parse(event.data)));
events.addEventListener("changed", () => {
  clearTimeout(looking);
  looking = setTimeout(lookAgain, 300);
});
events.addEventListener("round", (event) => {
  const told = JSON.parse(event.data);
  const node = document.getElementById("round");
  if (node && told.words) node.textContent = told.words;
});
events.addEventListener("presence", (event) => showPresence(JSON.parse(event.data).there));
window.addEventListener("online", flush);
window.addEventListener("pagehide", () => {
  events.close();
  navigator.sendBeacon(`${root}presence`, JSON.stringify({ tab, event: "" }));
});

flush();
if (rows) stand(allRows()[0], false);
