// What is typed is kept every few seconds, until it is saved: a closed browser loses nothing.

const root = document.body.dataset.root;
const words = JSON.parse(document.getElementById("words").textContent);
const form = document.querySelector("form[data-draft]");

const keepDrafts = () => {
  const typed = new Map();
  const told = form.querySelector("[data-kept]");
  const shown = JSON.parse(form.elements.was?.value ?? "{}"); // the version that is edited, where there is one
  let timer = 0;
  let sending = null;
  let isOver = false;

  const keep = async (isLast = false) => {
    clearTimeout(timer);
    timer = 0;
    if (isOver || !typed.size) return;
    const fields = Object.fromEntries(typed);
    for (const name of typed.keys()) if (typeof shown[name] === "string" && name !== "picture") fields[`was_${name}`] = shown[name];
    typed.clear();
    sending = new AbortController();
    const answer = await fetch(`${root}drafts`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ story: form.dataset.draft, fields }),
      keepalive: isLast,
      signal: sending.signal,
    }).catch(() => null);
    if (isOver) return;
    if (answer?.ok) {
      if (told) told.textContent = words.draft_kept;
    } else if (!answer || answer.status >= 500) {
      Object.entries(fields).forEach(([name, text]) => name.startsWith("was_") || typed.has(name) || typed.set(name, text));
      timer ||= setTimeout(keep, 10000);
    }
  };

  const note = ({ name, type, value }) => {
    if (!name || ["checkbox", "radio", "file", "hidden"].includes(type)) return;
    typed.set(name, value);
    timer ||= setTimeout(keep, 2000);
  };
  form.addEventListener("input", (event) => note(event.target));
  form.addEventListener("submit", () => {
    isOver = true;
    clearTimeout(timer);
    sending?.abort();
  });
  form.addEventListener("copydesk-unsaved", () => {
    isOver = false;
    Array.from(form.elements).filter(({ value, defaultValue }) => value !== defaultValue).forEach(note);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep(true));
  window.addEventListener("pagehide", () => keep(true));
};

const sayWhy = async (answer) => {
  const body = (await answer?.text().catch(() => "")) ?? "";
  if (!answer?.headers.get("Content-Type")?.includes("json")) return (answer?.status < 500 && body.trim().slice(0, 200)) || words.no_answer;
  const { title, detail } = JSON.parse(body);
  return [title, detail].filter(Boolean).join(": ");
};

// The form of a story stays, with all that was typed, until it is known what became of it.
const saveInPlace = () => {
  const told = form.querySelector("[data-kept]");
  const [button] = form.querySelectorAll("button.main");
  const tell = (text, isFailed) => {
    told.textContent = text;
    told.classList.toggle("failed", isFailed);
    button.disabled = !isFailed;
  };
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (button.disabled) return;
    tell(words.saving, false);
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    if (answer?.ok && answer.url.startsWith(new URL(`${root}story/`, location.href).href)) {
      location.href = answer.url;
      return;
    }
    tell(words.not_saved.replace("{what}", await sayWhy(answer)), true);
    form.dispatchEvent(new Event("copydesk-unsaved"));
  });
  // who changes a field that has two versions means what stands there now
  form.addEventListener("input", ({ target }) => {
    const name = { topic: "topics", other_picture: "picture" }[target.name] ?? target.name;
    const edited = form.querySelector(`[name="keep_${CSS.escape(name)}"][value="edited"]`);
    if (edited) edited.checked = true;
  });
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("form.fields");
  if (typing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    typing.requestSubmit();
  }
});

// A picture is uploaded at once, and its address put where the form has one; saving uses it.
const upload = document.querySelector("[data-upload]");
upload?.addEventListener("change", async (event) => {
  const [file] = event.target.files ?? [];
  const place = form?.elements.other_picture;
  if (!file || !place) return;
  const told = upload.querySelector(".state");
  told.classList.remove("failed");
  told.textContent = words.saving;
  const answer = await fetch(`${root}pictures`, { method: "POST", headers: { "Content-Type": file.type || "application/octet-stream" }, body: file }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (answer?.status === 201) {
    place.value = said.address;
    place.dispatchEvent(new Event("input", { bubbles: true }));
    told.textContent = words.upload_done;
    event.target.value = "";
    event.target.required = false;
  } else {
    told.classList.add("failed");
    told.textContent = [said?.title ?? String(answer?.status ?? ""), said?.detail].filter(Boolean).join(": ");
  }
});

// What is meant goes into the editor's stash, and stays where it is.
const meant = () => {
  const picked = Array.from(document.querySelectorAll(".pick input:checked"), (box) => box.closest(".row"));
  return picked.length ? picked : [document.querySelector(".row.here[data-name]")].filter(Boolean);
};
const putInto = async (path, field, rows, done) => {
  const body = new URLSearchParams([field, ...rows.map((row) => ["story", row.dataset.name])]);
  const answer = await fetch(root + path, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  const note = document.createElement("div");
  note.className = answer?.ok ? "toast" : "toast failed";
  note.textContent = answer?.ok
    ? done.replace("{name}", said.name).replace("{count}", said.count)
    : words.not_saved.replace("{what}", said?.title ?? String(answer?.status ?? ""));
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
};
const stash = async (rows = meant()) => {
  if (rows.length) await putInto("stash/", ["do", "add"], rows, words.stash_done);
};
document.dispatchEvent(new CustomEvent("copydesk-command", { detail: { keys: "t", text: words.stash_add, run: () => stash() } }));

// It goes into the letter's next issue; of several letters one is asked for.
const letters = JSON.parse(document.body.dataset.letters);
const chooseLetter = () =>
  letters.length < 2 ? letters[0]?.[0] : new Promise((answer) => {
    const choices = letters.map(([id, title]) => [title, id]);
    document.dispatchEvent(new CustomEvent("copydesk-ask", { detail: { title: words.letter_which, choices, answer } }));
  });
const putIntoLetter = async (rows = meant()) => {
  const letter = rows.length && (await chooseLetter());
  if (letter) await putInto("letters/add", ["letter", letter], rows, words.letter_added);
};
if (letters.length) document.dispatchEvent(new CustomEvent("copydesk-command", { detail: { keys: "a", text: words.letter_add, run: () => putIntoLetter() } }));
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-letter]");
  if (!button) return;
  event.preventDefault();
  putIntoLetter([button.closest(".row")]);
}, { capture: true });

// What a program proposed for the story under the hand is taken or refused by one key.
const decide = async (does, item = document.querySelector(".row.here [data-proposal]")) => {
  if (!item) return;
  const body = new URLSearchParams({ proposal: item.dataset.proposal, do: does });
  const answer = await fetch(`${root}proposal`, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  const row = item.closest(".row");
  if (answer?.ok) {
    item.remove();
    row.focus({ preventScroll: true });
    return;
  }
  const said = await answer?.json().catch(() => null);
  const note = document.createElement("div");
  note.className = "toast failed";
  note.textContent = words.not_saved.replace("{what}", said?.title ?? String(answer?.status ?? ""));
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 12000);
};
[["y", "take", words.take_proposal], ["N", "refuse", words.refuse_proposal]].forEach(([keys, does, text]) =>
  document.dispatchEvent(new CustomEvent("copydesk-command", { detail: { keys, text, run: () => decide(does) } })));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-proposal] button");
  if (!button) return;
  event.preventDefault();
  decide(button.value, button.closest("[data-proposal]"));
}, { capture: true });
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-stash]");
  if (!button) return;
  event.preventDefault();
  stash([button.closest(".row")]);
}, { capture: true });

// The stories of a list are moved by Alt and an arrow or by the mouse; their numbers say the order.
const order = document.querySelector("[data-order]");
const renumber = () => order.querySelectorAll("[name=place]").forEach((place, at) => (place.value = at + 1));
order?.querySelectorAll("li:has([name=place])").forEach((item) => (item.draggable = true));
order?.addEventListener("keydown", (event) => {
  const item = event.target.closest("li");
  const other = { ArrowUp: item?.previousElementSibling, ArrowDown: item?.nextElementSibling }[event.key];
  if (!event.altKey || !other) return;
  event.preventDefault();
  item[event.key === "ArrowUp" ? "after" : "before"](other);
  renumber();
  event.target.focus();
});
let dragged = null;
order?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("li") ?? null;
});
order?.addEventListener("dragover", (event) => {
  const item = event.target.closest("li");
  if (!dragged || !item) return;
  event.preventDefault();
  const middle = item.getBoundingClientRect().top + item.offsetHeight / 2;
  if (item !== dragged) item[event.clientY < middle ? "before" : "after"](dragged);
});
order?.addEventListener("drop", (event) => event.preventDefault());
order?.addEventListener("dragend", () => {
  dragged = null;
  renumber();
});

if (form) keepDrafts();
if (form?.elements.was) saveInPlace();
