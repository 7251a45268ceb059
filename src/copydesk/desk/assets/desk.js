// The desk's script: keys, words said at once, and what others do meanwhile. Nothing needs it:
// without it every row has its forms. What the list of stories alone has is in queue.js.

const { root, editor } = document.body.dataset;
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
const titleOf = (node) => (node.querySelector("h1, h2") ?? node.querySelector("a"))?.textContent.trim() ?? nameOf(node);
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
  document.dispatchEvent(new Event("copydesk-here"));
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

// A story beside that of the row has the focus of the page, and keys mean it: it may be shown in the reading pane, too.
const stepMember = (by) => {
  const links = Array.from(document.querySelectorAll(".side .others a, .row.here .others a")).filter((link) => link.checkVisibility());
  const at = links.indexOf(document.activeElement);
  (links[at + by] ?? (at < 0 ? links.at(by > 0 ? 0 : -1) : here()))?.focus();
};
const MEMBERS = ".others li[data-name]";
const memberInFocus = () => document.activeElement?.closest(MEMBERS);
const memberOf = (name) => Array.from(document.querySelectorAll(MEMBERS)).find((node) => nameOf(node) === name);
const isCopyInFocus = () => Boolean(document.activeElement?.closest(".others li.copy")); // it belongs to no group

const isOpen = (row) => row && !row.matches(".done, .gone");
const nextOpen = (row) => {
  const all = allRows();
  return all.slice(all.indexOf(row) + 1).find(isOpen) ?? null;
};
const standAfter = async (row) => {
  const after = nextOpen(row) ?? ((await loadMore()) && nextOpen(row));
  if (after && here() === row) stand(after);
};

const picks = () => Array.from(document.querySelectorAll(".pick input:checked"), (box) => box.closest(".row"));
const storyHere = () => (here() && nameOf(here()) ? here() : null); // a dropped lead is no story
const meant = () => {
  const picked = picks();
  return picked.length ? picked : [storyHere()].filter(Boolean);
};
const meantByKey = () => (picks().length ? picks() : [memberInFocus() ?? storyHere()].filter(Boolean));

const showPicks = () => {
  if (!bulk) return;
  const picked = picks();
  allRows().forEach((row) => row.classList.toggle("picked-row", picked.includes(row)));
  bulk.classList.toggle("open", picked.length > 0);
  if (!picked.length && bulk.contains(document.activeElement)) here()?.focus({ preventScroll: true });
  const told = bulk.querySelector("[data-picked]");
  told.hidden = false;
  told.textContent = say("picked", { count: picked.length });
  document.dispatchEvent(new CustomEvent("copydesk-picks", { detail: { picked, told } }));
};

// what is told stands above the bar, however high that is
if (bulk) {
  const height = new CSSStyleSheet();
  document.adoptedStyleSheets.push(height);
  new ResizeObserver(() => height.replaceSync(`:root { --bulk: ${bulk.offsetHeight}px; }`)).observe(bulk);
}

const unpick = () => {
  picks().forEach((row) => (row.querySelector(".pick input").checked = false));
  showPicks();
};

const rowOf = (name) => allRows().find((row) => nameOf(row) === name);
const nodeOf = (name) => rowOf(name) ?? memberOf(name);

// ---- what is said, kept until the server has it ---------------------------------------------------

// Each action is an entry of its own, under its editor's name: tabs do not write over each other's,
// and nobody's are sent as another's. `tried`: the server may have it; `kept`: it said that it has it.
const OUTBOX = `copydesk-outbox ${JSON.stringify([root, editor])} `;
const readOutbox = () => {
  const found = new Map();
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(OUTBOX));
    for (const key of keys.sort()) {
      const entry = { ...JSON.parse(localStorage.getItem(key)), key };
      found.set(entry.action.id, entry);
    }
  } catch {
    // a forbidden storage, or one that somebody else wrote into
  }
  return found;
};
const keep = (entry) => {
  outbox.set(entry.action.id, entry);
  try {
    localStorage.setItem(entry.key, JSON.stringify(entry));
  } catch {
    // a full or forbidden storage: what is under way lives as long as the page
  }
};
const drop = (id) => {
  const entry = outbox.get(id);
  outbox.delete(id);
  try {
    if (entry) localStorage.removeItem(entry.key);
  } catch {
    // it was not kept
  }
  return entry;
};
const outbox = readOutbox();
const unsent = () => Array.from(outbox.values()).filter((entry) => !entry.kept);
let sending = null;
let again = 1000;
let count = 0;

const act = (actions) => {
  for (const action of actions) {
    const at = Date.now();
    count += 1;
    keep({ key: `${OUTBOX}${at} ${String(count).padStart(6, "0")} ${action.id}`, at, action });
  }
  return flush();
};

const flush = () => {
  sending ??= send().finally(() => (sending = null));
  return sending;
};

const post = async (actions) => {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${root}actions`, { method: "POST", headers, body: JSON.stringify(actions) }).catch(() => null);
  return answer && answer.status < 500 ? answer : null;
};

const send = async () => {
  let atOnce = 100;
  while (unsent().length) {
    const entries = unsent().slice(0, atOnce);
    entries.forEach((entry) => keep({ ...entry, tried: true }));
    const answer = await post(entries.map((entry) => entry.action));
    if (!answer) {
      toast(say("offline", { count: unsent().length }), { id: "offline", stays: true });
      setTimeout(flush, again);
      again = Math.min(again * 2, 30000);
      return;
    }
    again = 1000;
    document.getElementById("toast-offline")?.remove();
    if (answer.status === 401) {
      location.reload(); // to sign-in; what waits here is sent after it
      return;
    }
    if (answer.ok) {
      entries.filter(({ action }) => outbox.has(action.id)).forEach((entry) => keep({ ...entry, tried: true, kept: true }));
      catchUpLater();
    } else if (entries.length > 1) atOnce = 1; // one of them is no good: the others are
    else await refuse(entries[0], answer);
  }
};

const refuse = async ({ action }, answer) => {
  const problem = await answer.json().catch(() => ({ title: String(answer.status) }));
  settle({ ...action, by: editor, state: "refused", what: problem.title, hint: problem.detail ?? "" });
};

// What was told while nobody listened: the server ended, or the network did, or a proxy keeps events back.
let catchingUp = 0;
const catchUpLater = () => {
  clearTimeout(catchingUp);
  catchingUp = setTimeout(catchUp, 5000);
};
const catchUp = async () => {
  if (!outbox.size) return;
  catchUpLater();
  const answer = await fetch(`${root}actions`).catch(() => null);
  if (!answer?.ok) return;
  const told = new Map((await answer.json()).map((one) => [one.id, one]));
  for (const [id, entry] of outbox) {
    const done = told.get(id);
    if (done && done.state !== "waits") settle(done);
    else if (!done && entry.kept && Date.now() - entry.at > 86400000) drop(id); // it is older than the list
    else if (!done && entry.kept) keep({ ...entry, kept: false });
  }
  flush();
};

// ---- how a row shows what became of a word ------------------------------------------------------

const mark = (row, text, state, { undoId = "", isDecided = false } = {}) => {
  if (!row) return;
  row.dataset.state = state;
  row.classList.toggle("done", isDecided && state !== "refused");
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

const wordFor = ({ kind, said, values, until }) =>
  kind === "snooze" ? say(until ? "said_snooze" : "said_wake") : kind === "rule" && said === "undo" && values[0] === "pin" ? say("unpin") : words[`said_${said || kind}`] ?? words[said === "split" ? "split_off" : said] ?? said;
const decides = ({ kind, said, until }) => kind === "file" || (kind === "snooze" && Boolean(until)) || (kind === "verdict" && said !== "clear");
const rowOfAction = ({ kind, stories = [], values = [] }) =>
  kind === "file" ? allRows().find((row) => row.dataset.url === values[0]) : stories.map(kind === "verdict" ? nodeOf : rowOf).find(Boolean);

// Where a story stands is shown as it will be, and as it is once that is told; taken back, it `was` so before.
const STANDS = { publish: "published", hold: "held", reject: "rejected", remove: "removed" };
const showStanding = (row, standing) => {
  const chip = row?.querySelector(".meta .standing, :scope > .standing");
  if (!chip || !standing) return;
  row.dataset.standing = standing;
  chip.className = `standing ${standing}`;
  chip.textContent = say(`standing_${standing}`);
  if (row.matches(".row.here li")) document.dispatchEvent(new Event("copydesk-here")); // the reading pane has it, too
};
const foresee = (row, standing) => {
  if (!row) return;
  if (row.dataset.state !== "saving") row.dataset.was = row.dataset.standing;
  showStanding(row, standing);
};
const standAsBefore = (row) => {
  showStanding(row, row?.dataset.was);
  if (row) delete row.dataset.was;
};
const standAsTold = ({ standings = {} }) =>
  Object.entries(standings).forEach(([name, standing]) => showStanding(nodeOf(name), standing));

const markSaving = (action, row = rowOfAction(action)) => {
  if (action.kind === "undo") return;
  if (action.kind === "verdict") foresee(row, STANDS[action.said]);
  const text = `${wordFor(action)} · ${say("saving")}`;
  mark(row, text, "saving", { undoId: action.kind === "file" ? "" : action.id, isDecided: decides(action) });
};

// A row that somebody else or a run changed says so at once; one that waits no more is dimmed, and stays until the next refresh.
const markChanged = (row, text, isGone) => {
  row.classList.toggle("gone", isGone);
  row.dataset.changed = text;
  row.querySelector(".changed")?.remove();
  if (text) row.querySelector(".meta").prepend(make("span", { className: "changed", textContent: text }));
};
const tellOthers = (done) => {
  if (done.state !== "done") return;
  standAsTold(done);
  const word = done.kind === "undo" ? say("taken_back") : wordFor(done);
  const what = word === done.said ? say("changed_in_place") : word; // a rule that has no word of its own
  for (const row of done.stories.map(rowOf).filter(Boolean)) markChanged(row, say("changed_by", { name: done.by, what }), decides(done));
};

// Who acts on more stories than there are rows is told what became of each, and asks for nothing else.
const watched = new Map();
const watch = (actions) => Promise.all(actions.map(({ id }) => new Promise((resolve) => watched.set(id, resolve))));

// What became of an action of this editor's, or of another one's.
const settle = (done) => {
  const sent = drop(done.id)?.action;
  if (done.by !== editor) return tellOthers(done);
  if (watched.has(done.id)) {
    watched.get(done.id)(done);
    watched.delete(done.id);
    if (done.state !== "done") return (done.stories ?? []).map(rowOf).forEach((row) => row && standAsBefore(row) & mark(row, say("not_saved", { what: done.what }), "refused"));
  }
  if (takenBack.has(done.id) && done.state === "done") return;
  if (done.state !== "done") (done.stories ?? []).map(nodeOf).forEach(standAsBefore);
  else if (!isAhead(done)) standAsTold(done);
  const row = rowOfAction(done) ?? allRows().find((one) => one.dataset.undo === done.id);
  if (done.state === "done") return settleDone(done, row);
  if (done.state === "conflict") {
    if (sent) choose(done, sent, row);
    return;
  }
  const why = [done.what, done.hint].filter(Boolean).join(": ");
  [...(done.stories ?? []).map(rowOf), row].forEach((one) => mark(one, say("not_saved", { what: why }), "refused"));
  toast(`${tellOf(done)}: ${say("not_saved", { what: why })}`, { failed: true });
};

const takenBack = new Set(); // what is undone before it was saved is not shown as saved then
const settleDone = (done, row) => {
  if (done.kind === "undo") {
    if (row && done.stories.length) showMoved(done, say("taken_back"));
    return;
  }
  if (done.kind === "file") return mark(row, `${wordFor(done)} · ${say("file_waits")}`, "saved", { isDecided: true });
  const text = `${wordFor(done)} · ${say("saved")}`;
  if (row && !row.matches(".row")) return tellOfMember(done);
  if (!isOvertaken(row, done.id)) mark(row, text, "saved", { undoId: done.id, isDecided: decides(done) });
  if (done.kind !== "rule" || !done.stories.length) return;
  moved.set(done.id, done.stories);
  if (row) showMoved(done, text);
};

// A story beside that of a row has no place for it.
const tellOfMember = (done) => {
  const button = make("button", { type: "button", textContent: say("undo"), onclick: ({ target }) => {
    target.parentElement.remove();
    undo(done.id);
  } });
  memberOf(done.stories[0]).dataset.undo = done.id;
  toast(tellOf(done), { button });
};

const moved = new Map(); // by the id of a rule: the stories that it moved, which its undoing moves again
const isOvertaken = (row, id) => Boolean(row?.dataset.undo) && row.dataset.undo !== id;
// a later word on the same story is under way still
const isAhead = ({ id, stories = [] }) => stories.some((name) => isOvertaken(rowOf(name), id) && rowOf(name).dataset.state === "saving");
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

// All stories of the filter, also those without a row, where the editor chose them: queue.js sends these.
const everything = { names: null, picked: 0, act: null };

const sayOf = async (stories, kind, said, more) => {
  if (everything.names) return everything.act(kind, said, more);
  const moment = newId();
  const mean = (row) => (kind === "snooze" ? waitingIn(row) : [nameOf(row)]);
  const actions = stories.map((row, at) => action(kind, said, row, { stories: mean(row), ...more, id: at ? `${moment}-${at}` : moment }));
  actions.forEach((one) => markSaving(one));
  noteDone(actions);
  unpick();
  if (stories.includes(here())) standAfter(here());
  await act(actions);
};

const verdict = async (said, stories = meantByKey()) => {
  const count = everything.names?.length ?? stories.length;
  if (!count) return;
  const what = count > 1 ? say("stories", { count }) : stories.length ? titleOf(stories[0]) : "";
  let why = "";
  if (said === "reject" || said === "remove") why = await askWhy(`${say(said)}: ${what}`, say(said));
  else if (everything.names) why = await ask(`${say(said)}: ${what}`, [[say(said), ""]]);
  if (why !== null) await sayOf(stories, "verdict", said, { why });
};

// A row is snoozed whole: another story of its group would take its place.
const WAITS = ["held", "below-gate"];
const waitingIn = (row) => {
  const others = Array.from(row.querySelectorAll(".others li[data-name]")).filter((one) => one.querySelector(WAITS.map((standing) => `.standing.${standing}`).join()));
  return [row, ...others].map(nameOf);
};

const morningIn = (days) => {
  const at = new Date();
  at.setDate(at.getDate() + days);
  at.setHours(8, 0, 0, 0);
  return at.toISOString();
};
const snooze = async () => {
  const stories = meant().filter(({ dataset: { standing } }) => WAITS.includes(standing)); // others do not wait
  const count = everything.names?.length ?? stories.length;
  if (!count) return;
  const monday = (8 - new Date().getDay()) % 7 || 7;
  const ends = [[say("snooze_hours"), inHours(3)], [say("snooze_tomorrow"), morningIn(1)], [say("snooze_monday"), morningIn(monday)]];
  if (rows?.dataset.view === "snoozed" || stories.some((row) => row.querySelector(".snoozed"))) ends.push([say("wake"), ""]);
  const what = count > 1 ? say("stories", { count }) : stories.length ? titleOf(stories[0]) : "";
  const end = await ask(`${say("snooze_until")}: ${what}`, ends, say("snooze_date"), { type: "date", word: say("snooze") });
  if (end === null) return;
  const until = /^[\d-]{10}$/.test(end) ? new Date(`${end}T08:00`).toISOString() : end;
  await sayOf(stories, "snooze", "", { until: until || null, seen: {} });
};
const wake = (row) => sayOf([row], "snooze", "", { until: null, seen: {} });

const rule = (said, row, more = {}) => {
  const made = action("rule", said, row, more);
  markSaving(made, row);
  noteDone([made]);
  return act([made]);
};

const merge = () => {
  const stories = picks();
  if (stories.length < 2) return;
  const names = stories.map(nameOf);
  unpick();
  const merged = rule("merge", stories[0], { stories: names, seen: {} });
  stories.slice(1).forEach((row) => mark(row, `${say("said_merge")} · ${say("saving")}`, "saving", { isDecided: true }));
  stand(stories[0]);
  return merged;
};

const takeIn = (row = here()) => {
  const url = row?.dataset.url;
  if (!url || !row.querySelector("[data-take-in]")) return;
  const made = { id: newId(), kind: "file", said: "", stories: [], values: [url], why: "", seen: {} };
  markSaving(made);
  standAfter(row);
  return act([made]);
};

// What `u` takes back, the latest first: kept for as long as the tab.
const DONE = `copydesk-done ${JSON.stringify([root, editor])}`;
const readDone = () => {
  try {
    return JSON.parse(sessionStorage.getItem(DONE)) ?? [];
  } catch {
    return [];
  }
};
const lastDone = readDone();
const headlines = new Map(); // by the id of an action, for what is told of it when its row is gone
const tellOf = (action) => [wordFor(action), rowOfAction(action) ? titleOf(rowOfAction(action)) : headlines.get(action.id)].filter(Boolean).join(": ");
const keepDone = () => {
  try {
    sessionStorage.setItem(DONE, JSON.stringify(lastDone.slice(-200)));
  } catch {
    // it is forgotten with the page
  }
};
const noteDone = (actions) => {
  lastDone.push(...actions.map((one) => one.id));
  actions.forEach((one) => rowOfAction(one) && headlines.set(one.id, titleOf(rowOfAction(one))));
  keepDone();
};

// Take back what this editor did last, wherever: all words of one moment (a form, a selection).
const undoLast = async () => {
  const waiting = lastDone.at(-1);
  if (outbox.get(waiting) && !outbox.get(waiting).kept) return undo(waiting); // the server may not know of it yet
  const answer = await fetch(`${root}actions`).catch(() => null);
  const told = answer?.ok ? await answer.json() : [];
  const undone = new Set(told.filter((one) => one.kind === "undo" && one.state !== "refused").flatMap((one) => one.values));
  const isOpen = (one) => ["verdict", "rule", "correct", "snooze"].includes(one.kind) && ["done", "waits"].includes(one.state) && !undone.has(one.id);
  const last = told.find(isOpen);
  if (!last) return toast(say("no_undo"));
  const moment = last.id.slice(0, 36);
  const together = told.filter((one) => isOpen(one) && one.id.slice(0, 36) === moment);
  together.forEach((one) => undo(one.id, true));
  const taken = together.length > 3 ? [`${wordFor(last)}: ${say("stories", { count: together.length })}`] : together.map(tellOf);
  toast(`${say("taken_back")}: ${taken.join(" · ")}`);
};

const undo = (id, isTold = false) => {
  if (lastDone.includes(id)) lastDone.splice(lastDone.indexOf(id), 1);
  keepDone();
  const entry = outbox.get(id);
  takenBack.add(id);
  const row = Array.from(document.querySelectorAll(`.row, ${MEMBERS}`)).find((one) => one.dataset.undo === id) ?? (entry && rowOfAction(entry.action));
  if (entry && !entry.tried) drop(id);
  else act([{ id: newId(), kind: "undo", said: "", stories: moved.get(id) ?? (row ? [nameOf(row)] : []), values: [id], why: "", seen: {} }]);
  standAsBefore(row);
  if (!row?.matches(".row")) return isTold || toast([say("taken_back"), headlines.get(id)].filter(Boolean).join(": "));
  delete row.dataset.state;
  delete row.dataset.undo;
  row.classList.remove("done");
  row.querySelector(".state")?.replaceChildren(say("taken_back"));
  stand(row);
};

// ---- dialogs ------------------------------------------------------------------------------------

// A browser gives the focus back to where it was; where that is gone, the row under the hand has it.
const open = (dialog) => {
  document.body.append(dialog);
  dialog.setAttribute("aria-label", dialog.querySelector("h2")?.textContent ?? say("all_commands"));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (document.activeElement === document.body) here()?.focus({ preventScroll: true });
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside it
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

const whys = learnedWhys(); // their numbers stay as long as the page
const askWhy = async (title, word) => {
  const why = await ask(title, whys.map((text) => [text, text]), say("reject_other"), { word });
  if (why) learnWhy(why);
  return why;
};

const FIELDS = { title: "headline", topics: "filter_topic", url: "address", verdict: "filter_standing" };
const choose = (done, sent, row) => {
  const lines = done.conflicts.map((one) =>
    make("div", { className: "conflict" },
      make("b", { textContent: say(FIELDS[one.field] ?? one.field) }),
      make("p", { textContent: `${say("conflict_mine")}: ${one.left}` }),
      make("p", { textContent: `${say("conflict_theirs")}: ${one.now}` })));
  const dialog = make("dialog", {}, make("h2", { textContent: say("conflict_title") }), make("div", {}, ...lines));
  const mine = make("button", { className: "main", type: "button", textContent: say("keep_mine") });
  const theirs = make("button", { type: "button", textContent: say("keep_theirs") });
  mine.addEventListener("click", () => {
    dialog.close();
    act([{ ...sent, id: newId(), seen: {} }]);
  });
  theirs.addEventListener("click", () => dialog.close());
  dialog.append(make("p", { className: "foot" }, theirs, mine));
  mark(row, say("changed_since"), "refused");
  if (row) refetch([row.dataset.event]);
  open(dialog);
};
// ---- commands: one list for keys, palette and help ------------------------------------------------

const openRow = (edit = "") => {
  const link = memberInFocus()?.querySelector("a") ?? here()?.querySelector("[data-open]");
  if (link) location.href = link.href + edit;
};

const commands = [
  { keys: "j", word: "key_next", run: () => step(1) },
  { keys: "k", word: "key_previous", run: () => step(-1) },
  { keys: ".", word: "key_member", run: () => stepMember(1) },
  { keys: ",", word: "key_member_back", run: () => stepMember(-1) },
  { keys: "x", word: "key_pick", run: () => togglePick() },
  { keys: "p", word: "publish", run: () => verdict("publish") },
  { keys: "h", word: "hold", run: () => verdict("hold") },
  { keys: "r", word: "reject", run: () => verdict("reject") },
  { keys: "z", word: "snooze", run: () => snooze() },
  { keys: "c", word: "clear", run: () => verdict("clear") },
  { keys: "D", word: "remove", run: () => verdict("remove") },
  { keys: "e", word: "edit", run: () => openRow("edit/") },
  { keys: "m", word: "merge", run: merge },
  { keys: "s", word: "split_off", run: () => storyHere() && !isCopyInFocus() && split(memberInFocus()?.dataset.name) },
  { keys: "l", word: "lead", run: () => storyHere() && !isCopyInFocus() && putInFront(memberInFocus()?.dataset.name) },
  { keys: "i", word: "pin", run: () => pin() },
  { keys: "f", word: "take_in", run: () => takeIn() },
  { keys: "b", word: "block", run: () => block() },
  { keys: "u", word: "undo", run: () => undoLast() },
  { keys: "o", word: "open_story", run: () => openRow() },
  { keys: "v", word: "open_original", run: () => here()?.dataset.origin && window.open(here().dataset.origin, "_blank", "noopener") },
  { keys: "w", word: "open_on_site", run: () => here()?.querySelector(".on-site")?.click() },
  { keys: "n", word: "key_refresh", run: () => showNews() },
  { keys: "/", word: "key_search", run: () => document.querySelector(".find [type=search]").focus() },
  { keys: "?", word: "key_help", run: () => help() },
  ...Array.from(document.querySelectorAll(".views a[data-view]"), (link) => ({
    keys: link.querySelector("kbd")?.textContent ?? "",
    text: say("key_go", { view: link.querySelector("span").textContent }),
    run: () => link.click(),
  })),
  ...Array.from(document.querySelectorAll("a[data-keys]"), (link) => ({
    keys: link.dataset.keys,
    text: say("key_go", { view: (link.querySelector("span") ?? link).textContent }), // a count is no name
    run: () => link.click(),
  })),
];
// A page's own command takes the key of another one of ours.
document.addEventListener("copydesk-command", ({ detail }) => {
  const same = commands.findIndex((one) => one.keys && one.keys === detail.keys);
  commands.splice(same < 0 ? commands.length : same, same < 0 ? 0 : 1, detail);
});
const listLinks = () =>
  Array.from(document.querySelectorAll(".me a:not([data-keys]), .views .own a"), (link) => ({ keys: "", text: link.textContent.trim(), run: () => link.click() }));
const nameCommand = (command) => command.text ?? say(command.word);
const hasSide = () => document.documentElement.classList.contains("with-side");
const inHours = (hours) => new Date(Date.now() + hours * 3600000).toISOString();

// Ask for one of some choices, by its number or a click; null where nothing is chosen.
const ask = (title, choices, field = null, { word = say("save"), startsInField = false, type = "text" } = {}) =>
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
    const input = field && make("input", { type, placeholder: field, maxLength: 200 });
    input?.setAttribute("aria-label", field);
    if (type === "date") input.min = morningIn(1).slice(0, 10);
    const label = type === "date" ? [make("p", { className: "hint", textContent: field })] : [];
    const form = make("form", { method: "dialog" },
      make("h2", { textContent: title }), make("ol", { className: "choices" }, ...buttons), ...label, ...(input ? [input] : []),
      make("p", { className: "foot" },
        make("button", { type: "button", textContent: say("cancel"), onclick: () => dialog.close() }),
        ...(input ? [make("button", { className: "main", textContent: word })] : [])));
    const dialog = make("dialog", {}, form);
    form.addEventListener("submit", () => (chosen = input?.value.trim() || null));
    dialog.addEventListener("keydown", (event) => {
      const choice = choices[Number(event.key) - 1];
      if (document.activeElement === input) return;
      if (choice) {
        event.preventDefault();
        finish(choice[1]);
      } else if (input?.type === "text" && /^\p{L}$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
        input.focus(); // who types means the field
      }
    });
    dialog.addEventListener("close", () => resolve(chosen));
    open(dialog);
    if (startsInField) input.focus();
  });

document.addEventListener("copydesk-ask", ({ detail }) => ask(detail.title, detail.choices).then(detail.answer));

const split = (member) => {
  const row = here();
  return member ? rule("split", row, { stories: [member, nameOf(row)], seen: {} }) : rule("split", row);
};
const putInFront = (member) => rule("lead", here(), member ? { stories: [member], seen: {} } : {});

const pin = async () => {
  const row = storyHere();
  if (!row) return;
  if ("pinned" in row.dataset) return rule("undo", row, { values: ["pin"], seen: {} });
  const ends = [["pin_6", 6], ["pin_24", 24], ["pin_72", 72], ["pin_open", 0]];
  const hours = await ask(say("pin_until"), ends.map(([key, value]) => [say(key), value]));
  if (hours !== null) rule("pin", row, { until: hours ? inHours(hours) : null });
};

const block = async () => {
  const row = here();
  if (!row) return;
  const { domain } = row.dataset;
  const value = await ask(say("block_title"), domain ? [[say("block_domain", { domain }), domain]] : [], say("block_phrase"), { startsInField: true });
  if (value) rule("block", row, { stories: [], values: [value], seen: {} });
};
const togglePick = () => {
  const box = here()?.querySelector(".pick input");
  if (box) box.checked = !box.checked;
  showPicks();
};

const help = () => {
  const stories = meantByKey();
  const keys = ["publish", "hold", "reject", "clear", "remove"].map((word) => commands.find((one) => one.word === word).keys).join(", ");
  const what = stories.length > 1 ? say("stories", { count: stories.length }) : stories.map(titleOf)[0];
  const list = make("dl", { className: "keys" }, ...commands.filter((one) => one.keys).map((one) =>
    make("div", {}, make("dt", { textContent: nameCommand(one) }), make("dd", {}, make("kbd", { textContent: one.keys })))));
  list.prepend(make("div", {}, make("dt", { textContent: say("all_commands") }), make("dd", {}, make("kbd", { textContent: "Ctrl K" }))));
  const dialog = make("dialog", {}, make("h2", { textContent: say("keys") }), ...(what ? [make("p", { className: "hint", textContent: say("keys_act_on", { keys, what }) })] : []), list);
  const close = make("button", { type: "button", textContent: say("close"), onclick: () => dialog.close() });
  dialog.append(make("p", { className: "foot" }, close));
  open(dialog);
};

const palette = (listed = [...commands, ...listLinks()]) => {
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
    shown = listed.filter((one) => nameCommand(one).toLowerCase().includes(wanted));
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
  const opened = document.querySelector("dialog[open]");
  if (event.key === "Escape" && opened && !opened.contains(event.target)) return opened.close(); // the focus has left it
  if (event.key === "Escape" && isTyping(event.target) && !event.target.closest("dialog")) {
    event.target.blur();
    here()?.focus({ preventScroll: true });
    return;
  }
  if (isTyping(event.target)) return;
  if (event.key === "Escape" && !opened) {
    const wayBack = document.querySelector("[data-back]");
    if (wayBack) return void (location.href = wayBack.href);
  }
  const onRow = event.target.matches(".row") && { Enter: hasSide() ? "Enter" : "o", " ": hasSide() ? "Space" : " " }[event.key];
  if (!onRow && ["Enter", " "].includes(event.key)) return; // a link or button is meant
  const keys = onRow || ({ ArrowDown: "j", ArrowUp: "k" }[event.key] ?? event.key);
  const whole = prefix ? `${prefix} ${keys}` : keys;
  prefix = "";
  const command = commands.find((one) => one.keys === whole);
  if (command) {
    event.preventDefault();
    command.run(event);
  } else if (commands.some((one) => one.keys.startsWith(`${whole} `))) {
    prefix = whole;
    setTimeout(() => (prefix = ""), 1500);
  }
});

// ---- clicks -------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const row = event.target.closest(".row") ?? (event.target.closest(".side") && here());
  if (row && !row.classList.contains("here")) stand(row, false);
  const button = event.target.closest("button");
  if (!button) return;
  const { act: which, decide, split, lead, do: does } = button.dataset;
  if (does === "palette") palette();
  else if (does === "help") help();
  else if (does === "refresh") showNews();
  else if (which && which !== "edit") {
    event.preventDefault();
    unpick();
    if (which === "snooze") snooze();
    else if (which === "wake") wake(row);
    else verdict(which);
  } else if (decide) {
    event.preventDefault();
    unpick();
    verdict(decide, [button.closest(MEMBERS)]);
  } else if ("takeIn" in button.dataset) {
    event.preventDefault();
    takeIn(row);
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
    else if (kind === "snooze") snooze();
    else merge();
  }
});
document.addEventListener("change", (event) => {
  if (event.target.closest(".pick")) showPicks();
  if (event.target.closest("[data-filters] select") && !isWalked) event.target.form.requestSubmit();
});

// Arrow keys walk through the choices of a filter, and each would ask for a page: Enter does, or leaving it.
let isWalked = false;
for (const select of document.querySelectorAll("[data-filters] select")) {
  const first = select.value;
  const submit = () => {
    if (!isWalked || select.value === first) return;
    isWalked = false; // leaving the page leaves the field, too
    select.form.requestSubmit();
  };
  select.addEventListener("pointerdown", () => (isWalked = false));
  select.addEventListener("blur", submit);
  select.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") isWalked = true;
    else if (isWalked) submit();
  });
}
document.querySelectorAll("[data-do=palette], [data-do=help]").forEach((button) => (button.hidden = false));

// ---- what others do -------------------------------------------------------------------------------

const fragment = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return make("template", { innerHTML: await answer.text() }).content;
};

// What takes longer is asked for when it is opened; without that its link leads to a page of it.
const fetchPart = async ({ target: fold }) => {
  const address = fold.open && fold.dataset.fetch;
  if (!address) return;
  const part = (await fragment(address).catch(() => null))?.querySelector("[data-part]");
  if (!part) return;
  delete fold.dataset.fetch;
  fold.lastElementChild.replaceWith(part);
};
document.querySelectorAll("[data-fetch]").forEach((fold) => fold.addEventListener("toggle", fetchPart));

const refetch = async (events, gone = []) => {
  const query = events.map((event) => `event=${encodeURIComponent(event)}`).join("&");
  const content = await fragment(`${root}rows?${query}`).catch(() => null);
  if (!content) return;
  for (const fresh of content.querySelectorAll(".row")) {
    const old = document.getElementById(fresh.id);
    if (!old) continue;
    carry(old, fresh);
    putInPlace(old, fresh);
    if (!fresh.dataset.state && fresh.dataset.version !== old.dataset.version) markChanged(fresh, sayChange(old, fresh, gone.includes(fresh.dataset.event)), gone.includes(fresh.dataset.event));
  }
};

// Who changed a row is told by its action, before this; else by its decision, or it was a run.
const sayChange = (old, fresh, isGone) => {
  const [was, word] = [old, fresh].map((row) => row.querySelector(".word"));
  const isDecided = word && word.textContent !== was?.textContent;
  if (isDecided) return say("changed_by", { name: word.dataset.by, what: word.querySelector("b").textContent });
  const [slept, sleeps] = [old, fresh].map((row) => row.querySelector(".snoozed"));
  if (slept && !sleeps) return say("said_wake");
  if (sleeps && !slept) return say("changed_by", { name: sleeps.title, what: say("said_snooze") });
  if (old.dataset.changed && isGone === old.classList.contains("gone")) return old.dataset.changed;
  const isMoved = isGone || old.dataset.standing !== fresh.dataset.standing;
  return say("changed_by_run", { what: isMoved ? say(`standing_${fresh.dataset.standing}`) : say("changed_in_place") });
};

// A row that is new keeps what became of the words on it, and whether it is selected.
const carry = (old, fresh) => {
  const isBack = old.querySelector(".snoozed") && !fresh.querySelector(".snoozed"); // it waits again
  if (old.dataset.state && !isBack) {
    fresh.dataset.state = old.dataset.state;
    fresh.dataset.undo = old.dataset.undo ?? "";
    fresh.className = old.className;
    if (old.dataset.was) fresh.dataset.was = old.dataset.was;
    if (old.dataset.state === "saving") showStanding(fresh, old.dataset.standing);
    fresh.querySelector(".state")?.replaceChildren(...(old.querySelector(".state")?.childNodes ?? []));
  }
  if (old.dataset.changed) markChanged(fresh, old.dataset.changed, old.classList.contains("gone"));
  const box = fresh.querySelector(".pick input");
  if (box) box.checked = old.querySelector(".pick input")?.checked ?? false;
};

// The hand stays where it is, and so does the focus of who types elsewhere.
const putInPlace = (old, fresh) => {
  const anchor = here();
  const hasFocus = old.contains(document.activeElement);
  const top = anchor?.getBoundingClientRect().top ?? 0;
  old.replaceWith(fresh);
  if (old === anchor) {
    fresh.classList.add("here");
    fresh.setAttribute("aria-current", "true");
  }
  if (hasFocus) fresh.focus({ preventScroll: true });
  if (anchor) window.scrollBy(0, here().getBoundingClientRect().top - top);
  if (old === anchor) document.dispatchEvent(new Event("copydesk-here"));
};

// A rule moved stories between events: the rows of these take the place of those that were.
const showMoved = async (done, text) => {
  const query = done.stories.map((name) => `story=${encodeURIComponent(name)}`).join("&");
  const content = await fragment(`${root}rows?${query}`).catch(() => null);
  if (!content) return;
  const olds = done.stories.map(rowOf).filter((row, at, all) => row && all.indexOf(row) === at);
  if (olds.some(isBusy)) return;
  const placeOf = (fresh) => olds.find((row) => nameOf(row) === nameOf(fresh)) ?? document.getElementById(fresh.id) ?? olds[0];
  let last = null;
  for (const fresh of content.querySelectorAll(".row")) {
    const old = placeOf(fresh);
    if (isOvertaken(old, done.id)) carry(old, fresh);
    else if (done.stories.includes(nameOf(fresh))) mark(fresh, text, "saved", { undoId: done.kind === "undo" ? "" : done.id });
    if (old?.isConnected) putInPlace(old, fresh);
    else last?.after(fresh);
    last = fresh;
  }
  for (const row of olds) if (row.isConnected) mark(row, text, "saved", { isDecided: true });
};

// What has left the view by another editor's word is shown as it is, too: the rows around the hand, as many as an address holds.
const askForShown = () => {
  const all = allRows();
  const asked = all.slice(Math.max(0, all.indexOf(here()) - 20)).map((row) => `&event=${encodeURIComponent(row.dataset.event)}`);
  let length = 0;
  return asked.filter((one) => (length += one.length) < 4000).join("");
};

let fresh = new Set();
const lookAgain = async () => {
  if (!rows?.dataset.query) return;
  const answer = await fetch(`${root}versions?${rows.dataset.query}${askForShown()}`).catch(() => null);
  if (!answer?.ok) return;
  const told = await answer.json();
  const shown = new Map(allRows().map((row) => [row.dataset.event, row]));
  for (const [view, count] of Object.entries(told.counts)) {
    const node = document.querySelector(`[data-count="${view}"]`);
    if (node) node.textContent = count.toLocaleString();
  }
  document.querySelector("[data-former-rules]").hidden = !told.former_rules;
  const order = Object.keys(told.rows);
  const lastShown = order.findLastIndex((event) => shown.has(event));
  // what comes after all that is shown has only moved up from the next page
  fresh = new Set(order.filter((event, at) => !shown.has(event) && (at < lastShown || !shown.size)));
  const total = document.querySelector("[data-total]");
  if (total) Object.assign(total.dataset, { total: told.total });
  if (total) total.textContent = say("stories", { count: told.total });
  const news = document.querySelector(".news");
  news.hidden = fresh.size === 0;
  news.textContent = say("new_stories", { count: fresh.size });
  const changed = Object.entries({ ...told.left, ...told.rows }).filter(([event, version]) => shown.has(event) && shown.get(event).dataset.version !== version);
  const quiet = changed.map(([event]) => event).filter((event) => !isBusy(shown.get(event)));
  if (quiet.length) await refetch(quiet, told.gone);
  // a row whose group is no more has joined another one
  const lost = told.gone.filter((event) => !(event in told.left)).map((event) => shown.get(event)).filter((row) => row?.isConnected && isOpen(row));
  for (const row of lost) markChanged(row, say("changed_by_run", { what: say("standing_behind-leader") }), true);
};

const showNews = async () => {
  document.querySelectorAll(".row.gone:not(.here)").forEach((row) => row.remove());
  if (!fresh.size) return;
  const query = Array.from(fresh, (event) => `event=${encodeURIComponent(event)}`).join("&");
  const content = await fragment(`${root}rows?${query}`).catch(() => null);
  if (!content) return;
  const anchor = here();
  const top = anchor?.getBoundingClientRect().top ?? 0;
  document.querySelector(".news").blur();
  rows.querySelector(".none")?.remove();
  rows.prepend(content);
  if (anchor) window.scrollBy(0, anchor.getBoundingClientRect().top - top);
  else stand(allRows()[0]);
  fresh = new Set();
  document.querySelector(".news").hidden = true;
  if (document.activeElement === document.body) here()?.focus({ preventScroll: true });
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
events.addEventListener("open", catchUp);
const showMade = (isMeant) => {
  const meantRows = allRows().filter((row) => row.querySelector(".unmade") && isMeant(row) && !isBusy(row));
  if (meantRows.length) refetch(meantRows.map((row) => row.dataset.event));
};
events.addEventListener("open", () => showMade(() => true)); // some may have been made before anybody listened
events.addEventListener("pictures", (event) => {
  const { stories } = JSON.parse(event.data);
  showMade((row) => stories.includes(nameOf(row)));
});
const lookSoon = () => {
  clearTimeout(looking);
  looking = setTimeout(lookAgain, 300);
};
events.addEventListener("action", (event) => {
  const done = JSON.parse(event.data);
  settle(done);
  if (["snooze", "undo"].includes(done.kind)) lookSoon(); // the server tells changes once a second: one back and forth is none
});
events.addEventListener("changed", lookSoon);
events.addEventListener("round", (event) => {
  const told = JSON.parse(event.data);
  const node = document.getElementById("round");
  if (node && told.words) node.textContent = told.words;
});
["changed", "letter"].forEach((kind) => events.addEventListener(kind, (event) =>
  document.dispatchEvent(new CustomEvent("copydesk-event", { detail: { ...JSON.parse(event.data), kind } }))));
events.addEventListener("presence", (event) => showPresence(JSON.parse(event.data).there));
window.addEventListener("online", flush);
window.addEventListener("pagehide", () => {
  events.close();
  navigator.sendBeacon(`${root}presence`, JSON.stringify({ tab, event: "" }));
  if (rows?.dataset.query) keepPlace();
});

// Where the hand was: who comes back from a story's page goes on from there.
const PLACE = `copydesk-place ${JSON.stringify([root, editor])}`;
const keepPlace = () => {
  const all = allRows();
  const names = all.slice(Math.max(0, all.indexOf(here()))).map(nameOf);
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ address: location.href, query: rows.dataset.query, names }));
  } catch {
    // the hand begins at the top
  }
};
const readPlace = () => {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE)) ?? {};
  } catch {
    return {};
  }
};
const standAtFirst = async () => {
  const place = readPlace();
  const isBack = Boolean(place.query) && place.query === rows.dataset.query;
  const findPlace = () => (isBack ? place.names.map(rowOf).find(isOpen) : null);
  const findOpen = () => findPlace() ?? (isBack ? null : allRows().find(isOpen));
  const first = allRows()[0];
  stand(findOpen() ?? first, Boolean(findPlace()));
  // what was decided a moment ago may fill the first pages still
  for (let page = 0; page < 3 && !findOpen() && here() === first && (await loadMore()); page += 1);
  // who has gone on to a filter meanwhile keeps the focus there
  const isStillHere = here() === first && [document.body, first].includes(document.activeElement);
  if (isStillHere) stand(findOpen() ?? allRows().find(isOpen) ?? first, Boolean(findPlace()));
};

outbox.forEach((entry) => markSaving(entry.action));
flush();
if (rows) standAtFirst();
else if (allRows().length) stand(allRows()[0], false);
const back = document.querySelector("[data-back]");
if (back) back.href = readPlace().address ?? back.href;

export { act, allRows, ask, commands, editor, everything, fragment, here, isOpen, make, markSaving, nameOf, newId, noteDone, palette, picks, root, rowOf, rows, say, showPicks, stand, step, toast, unpick, WAITS, watch };
