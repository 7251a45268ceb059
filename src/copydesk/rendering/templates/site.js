// Improves a page where JavaScript runs. Every page is complete without it.
(() => {
  "use strict";
  // pages print English times as 21 Nov 2026, 10:00
  const lang = document.documentElement.lang.replace(/^en\b.*/, "en-GB") || undefined;

  // A time of today or yesterday is shown as its age, an older one in the reader's time zone if that differs from
  // the page's. Each has the reader's local time as its title. Dates of days stay in the site's time zone.
  const told = (options) => new Intl.DateTimeFormat(lang, options);
  const full = told({ dateStyle: "full", timeStyle: "short" });
  const clock = told({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const ago = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  const day = (at) => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86400000;
  const now = new Date();

  const say = (at, said) => {
    const minutes = Math.floor((now - at) / 60000);
    if (minutes >= 0 && minutes < 60) return ago.format(-minutes, "minute");
    if (minutes >= 0 && minutes < 1440) return ago.format(-Math.floor(minutes / 60), "hour");
    if (day(now) - day(at) === 1) return ago.format(-1, "day");
    const [printed, zone] = /\d\d:\d\d(.*)/.exec(said) || [];
    if (!printed || printed.startsWith(clock.format(at))) return "";
    const month = zone ? "long" : "short";
    const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    return told({ day: "numeric", month, year: "numeric", ...hour }).format(at);
  };

  const times = [...document.querySelectorAll("time[datetime*='T']")].map((time) => {
    const at = new Date(time.dateTime);
    if (Number.isNaN(+at)) return () => {};
    // the front page has its zone in its first line
    const said = time.closest(".meta") && !time.closest(".front, .more") ? say(at, time.textContent) : "";
    const width = said && time.getBoundingClientRect().width;
    return () => {
      time.title = full.format(at);
      if (!said) return;
      time.style.minWidth = `${width}px`; // keep the layout stable
      time.textContent = said;
    };
  });
  for (const change of times) change(); // measure all times before any is changed

  // What this browser remembers of its reader: nothing is sent. Anything may stand in the browser's storage, so that
  // all of it is checked when it is read, and shown as text. A page without the block `page_reader` stores nothing.
  const tools = document.querySelector(".reader button");
  const root = new URL(".", document.currentScript.src);
  const STORE = `copydesk ${root.pathname}`;
  const MOST = { seen: 1000, shown: 1000, fresh: 400, saved: 200, topics: 50 };
  const LONGEST = 600000; // characters
  const A_VISIT = 30 * 60000; // a longer pause, in milliseconds, begins another visit

  const place = (address) => { // the path below the front page, "" for another site's
    if (typeof address !== "string" || address.length > 500) return "";
    try {
      const { origin, pathname } = new URL(address, root);
      return origin === root.origin && pathname.startsWith(root.pathname) ? pathname.slice(root.pathname.length) : "";
    } catch { return ""; }
  };
  const read = () => {
    let kept = null;
    try {
      const text = localStorage.getItem(STORE);
      if (text && text.length < LONGEST) kept = JSON.parse(text);
    } catch { /* no storage, or not ours */ }
    const list = (name) => (Array.isArray(kept?.[name]) ? kept[name].slice(-MOST[name]) : []);
    const paths = (name) => new Set(list(name).map(place).filter(Boolean));
    const titles = (name) => new Map(list(name)
      .filter((row) => Array.isArray(row) && typeof row[1] === "string" && place(row[0]))
      .map(([path, title]) => [place(path), title.slice(0, 300)]));
    const at = Number.isFinite(kept?.at) ? kept.at : 0;
    return { at, seen: paths("seen"), shown: paths("shown"), fresh: paths("fresh"), saved: titles("saved"), topics: titles("topics") };
  };
  const change = (make) => { // read again each time, as another tab may have changed it
    const state = read();
    make(state);
    const rows = Object.entries(MOST).map(([name, most]) => [name, [...state[name]].slice(-most)]);
    try {
      localStorage.setItem(STORE, JSON.stringify({ at: state.at, ...Object.fromEntries(rows) }));
      return true;
    } catch { return false; }
  };

  const headlines = () => [...document.querySelectorAll("main :is(.card h3, .brief, .line) > a, main .brief .text > a")];
  const since = document.querySelector(".since");
  const note = (state) => {
    if (!(Math.abs(now - state.at) < A_VISIT)) {
      for (const path of state.fresh) { state.shown.delete(path); state.shown.add(path); }
      state.fresh.clear();
    }
    state.at = +now;
    if (since) for (const link of headlines()) state.fresh.add(place(link.href));
    const story = document.querySelector("article.story .save");
    if (story) state.seen.add(place(story.dataset.path));
  };
  const tell = (text) => { document.querySelector(".reader [role=status]").textContent = text; };
  const toggle = (name, path, title) => {
    const had = read()[name].has(path);
    if (path) change((state) => {
      if (!state[name].delete(path)) state[name].set(path, title.replace(/\u2060/g, "").trim());
    });
    show();
    const { saved, failed } = tools.parentNode.dataset;
    tell(read()[name].has(path) === had ? failed : !had && name === "saved" ? saved : "");
  };

  const element = (name, text, className = "") => {
    const made = document.createElement(name);
    made.textContent = text;
    made.className = className;
    return made;
  };
  const mark = (link, path, state) => {
    const { dataset } = tools.parentNode;
    const isNew = since && state.shown.size && !state.shown.has(path) && !state.seen.has(path);
    link.classList.toggle("is-seen", state.seen.has(path));
    link.classList.toggle("is-saved", state.saved.has(path));
    link.classList.toggle("is-new", Boolean(isNew));
    if (link.nextElementSibling?.matches(".mark")) link.nextElementSibling.remove();
    const said = state.saved.has(path) ? dataset.saved : isNew ? dataset.new : "";
    if (said) link.after(element("span", ` (${said})`, "unseen mark"));
    return isNew;
  };
  const fill = (section, name, rows) => {
    if (!section) return;
    const list = section.querySelector("ul");
    section.hidden = !rows.size;
    list.replaceChildren(...[...rows].reverse().map(([path, title]) => {
      const row = element("li", "", "line");
      const link = element("a", title || path);
      const button = element("button", list.dataset.remove);
      link.href = root.href + path; // alone, a path such as //host or javascript: would lead elsewhere
      button.type = "button";
      button.append(element("span", ` (${title})`, "unseen"));
      button.addEventListener("click", () => { toggle(name, path, title); (section.hidden ? tools : section.querySelector("a")).focus(); });
      row.append(link, " ", button);
      return row;
    }));
  };
  const show = () => {
    const state = read();
    const [saved, topics] = ["", ".topics"].map((kind) => document.querySelector(`section.saved${kind || ":not(.topics)"}`));
    const fresh = new Set(headlines().filter((link) => !link.closest(".saved")).map((link) => [link, place(link.href)])
      .filter(([link, path]) => path && mark(link, path, state)).map(([, path]) => path));
    if (since) {
      since.hidden = !state.shown.size;
      since.querySelector("b").textContent = new Intl.NumberFormat(lang).format(fresh.size);
    }
    fill(saved, "saved", state.saved);
    fill(topics, "topics", state.topics);
    for (const [kind, name] of [["save", "saved"], ["follow", "topics"]]) {
      const button = document.querySelector(`button.${kind}`);
      if (!button) continue;
      button.dataset.label ??= button.textContent;
      button.hidden = false;
      button.textContent = state[name].has(place(button.dataset.path)) ? button.dataset.undo : button.dataset.label;
    }
  };
  const save = (links) => {
    const button = document.querySelector("button.save");
    const link = links.find((one) => one === document.activeElement);
    if (link && place(link.href)) toggle("saved", place(link.href), link.textContent);
    else if (button) button.click();
  };
  const download = () => {
    const rows = [...read().saved].map(([path, title]) => `${title}\n${root.href}${path}\n`);
    const link = element("a", "");
    link.href = URL.createObjectURL(new Blob([rows.join("\n")], { type: "text/plain" }));
    link.download = "stories.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  const keys = document.querySelector("dialog.keys");
  const begin = () => {
    tools.hidden = false;
    tools.addEventListener("click", () => keys.showModal());
    keys.querySelector(".close").addEventListener("click", () => keys.close());
    keys.querySelector(".forget").addEventListener("click", () => {
      try { localStorage.removeItem(STORE); } catch { /* nothing is stored */ }
      show();
      keys.close();
    });
    if (!change(note) && !canRead()) return; // a full storage can still be read
    const sections = [...document.querySelectorAll(".front > .section")];
    const { topics } = read();
    const first = sections.filter((section) => topics.has(place(section.querySelector("h2 a")?.href)));
    if (first.length) sections[0].before(...first);
    for (const [kind, name] of [["save", "saved"], ["follow", "topics"]]) {
      const button = document.querySelector(`button.${kind}`);
      button?.addEventListener("click", () => toggle(name, place(button.dataset.path), document.querySelector("main h1").textContent));
    }
    document.querySelector(".saved .onward button")?.addEventListener("click", download);
    addEventListener("pageshow", ({ persisted }) => { if (persisted) show(); });
    addEventListener("storage", ({ key }) => { if (key === STORE) show(); });
    show();
  };
  const canRead = () => { try { return Boolean(localStorage); } catch { return false; } };
  if (tools && keys) begin();

  // The keys j and k move to the next and the previous headline, s saves a story, ? shows the keys.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const links = headlines();
    if (event.key === "?" && tools) keys?.showModal();
    if (event.key === "s" && tools) save(links);
    const step = { j: 1, k: -1 }[event.key];
    if (!step) return;
    const here = links.indexOf(document.activeElement);
    const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
    if (links[next]) {
      event.preventDefault();
      links[next].focus();
    }
  });
})();
