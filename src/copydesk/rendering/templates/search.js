/* Search in the reader's browser. It loads the index part by part, the newest first, and contacts no other server.
   index.json lists the parts. docs/design/publish.md describes the columns of a row. */
"use strict";
(() => {
  const PAGE = 20, UNASKED = 10; // stories per page; index parts loaded before the reader asks for more
  const form = document.querySelector("form.search");
  const told = form.querySelector(".told");
  const list = document.querySelector(".found");
  const button = document.querySelector(".further button");
  const bar = document.querySelector(".further progress");
  const named = (name) => form.elements.namedItem(name);
  const { lang } = document.documentElement;
  const language = /^en\b/.test(lang) ? "en-GB" : lang; // dates as on all other pages
  const local = (make) => { try { return make(language); } catch { return make(); } };
  const numbers = local((tag) => new Intl.NumberFormat(tag));
  const days = local((tag) => new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeZone: "UTC" }));
  const spoken = (day) => (day ? days.format(new Date(`${day}T00:00Z`)) : "…");

  /* words are compared without case and accents; scripts without spaces are compared as substrings */
  const DENSE = "\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{sc=Hang}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}";
  const isDense = new RegExp(`[${DENSE}]`, "u");
  const TOKEN = new RegExp(`[${DENSE}]+|(?:(?![${DENSE}])[\\p{L}\\p{N}\\p{M}])+`, "gu");
  const PLAIN = { ß: "ss", ø: "o", ł: "l", đ: "d", ı: "i", æ: "ae", œ: "oe" };
  const fold = (text) => text.toLowerCase().normalize("NFKD")
    .replace(/[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]|\p{Cf}/gu, "").normalize("NFC")
    .replace(/[ßøłđıæœ]/g, (letter) => PLAIN[letter]);
  const tokens = (text) => fold(text).match(TOKEN) || [];
  const spread = (text) => ` ${tokens(text).join(" ")} `;

  const terms = (asked) => {
    const found = [];
    for (const [, no, phrase, word] of asked.matchAll(/(-?)(?:["“”]([^"“”]*)["“”]?|([^\s"“”]+))/gu)) {
      const texts = phrase === undefined
        ? tokens(word).map((one) => (isDense.test(one) ? one : no ? ` ${one}` : stem(` ${one}`)))
        : [spread(phrase)].filter((one) => one.trim());
      found.push(...texts.map((text) => ({ text, no: Boolean(no) })));
    }
    return found;
  };

  /* the index */
  const get = async (name, cache) => {
    const answer = await fetch(`${form.dataset.index}${encodeURIComponent(name)}.json`, { cache });
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.json();
  };
  const kept = new Map();
  const once = (name, make) => {
    if (!kept.has(name)) {
      const made = make();
      kept.set(name, made);
      made.catch(() => kept.delete(name));
    }
    return kept.get(name);
  };
  const contents = () => once("index", () => get("index", "no-cache"));
  const publishers = new Map();
  const load = ([name, count]) => once(name, async () => {
    let part = await get(name, "default");
    if (part.stories.length !== count) part = await get(name, "reload"); // the browser's cache had an older version
    return part.stories.map((row) => story(row, part)).reverse();
  });
  const topicNames = new Map([...named("topic").options].map((one) => [one.value, one.text]));
  const ENDING = /(?:ies|es|s|ed|ing|en|er|e|n)$/;
  const stem = (word) => { const short = word.replace(ENDING, ""); return short.length > 4 ? short : word; }; // with the blank in front
  const story = ([name, title, excerpt, by, under, time, tongue], part) => {
    const [publisher, domain] = part.publishers[by] || ["", ""];
    if (publisher) publishers.set(publisher, (publishers.get(publisher) || 0) + 1);
    return {
      name, title, excerpt, publisher, time, tongue,
      topics: under.map((at) => part.topics[at]),
      source: fold(`${publisher} ${domain}`),
      text: spread(`${title} ${excerpt} ${publisher} ${domain} ${under.map((at) => topicNames.get(part.topics[at]) || "").join(" ")}`),
    };
  };
  const fits = (one, query) => {
    const day = one.time.slice(0, 10);
    return (!query.topic || one.topics.includes(query.topic))
      && (!query.source || one.source.includes(query.source))
      && (!query.from || day >= query.from)
      && (!query.to || (day && day <= query.to))
      && query.terms.every((term) => one.text.includes(term.text) !== term.no);
  };

  /* Yield each matching story and, before each part is loaded, the progress. */
  async function* walk(query) {
    const parts = (await contents()).parts.filter(([, , first, last]) =>
      (!query.from || last >= query.from) && (!query.to || (first && first <= query.to)));
    const all = parts.reduce((sum, part) => sum + part[1], 0);
    let seen = 0, day = "";
    for (const [at, part] of parts.entries()) {
      yield { seen, all, day, last: at + 1 === parts.length };
      const reading = load(part);
      if (at) for (const next of parts.slice(at + 1, at + 4)) load(next).catch(() => {});
      for (const one of await reading) {
        seen += 1;
        day = one.time.slice(0, 10) || day;
        if (fits(one, query)) yield { story: one, seen, all, day };
      }
    }
    yield { seen, all, day };
  }

  /* the page */
  const say = (key, values = {}) => {
    const text = form.dataset[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
    if (told.textContent !== text) told.textContent = text;
  };
  const offer = (key) => {
    button.hidden = !key;
    if (key) button.textContent = form.dataset[button.dataset.does = key];
  };
  const make = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text) made.textContent = text;
    return made;
  };
  const mark = (into, text, query) => {
    for (const piece of text.split(/([\p{L}\p{N}\p{M}]+)/u)) {
      const whole = spread(piece);
      const hit = !isDense.test(piece) && query.terms.some(({ text: term, no }) =>
        !no && (whole.includes(term) || (whole.length > 2 && term.endsWith(" ") && term.includes(whole))));
      into.append(hit ? make("mark", "", piece) : piece);
    }
  };
  const show = (one, query) => {
    const item = make("li", "line");
    const link = make("a");
    link.href = `${form.dataset.home}news/${encodeURIComponent(one.name)}/`;
    mark(link, one.title, query);
    const excerpt = make("p", "excerpt");
    mark(excerpt, one.excerpt, query);
    for (const text of [link, excerpt]) {
      text.dir = "auto";
      if (one.tongue) text.lang = one.tongue;
    }
    const about = make("span", "meta");
    if (one.publisher) {
      const by = make("bdi", "by", one.publisher);
      about.append(by, " ");
    }
    if (one.time) {
      const time = make("time", "", spoken(one.time.slice(0, 10)));
      time.dateTime = one.time;
      about.append(time);
    }
    item.append(link, ...(one.excerpt ? [excerpt] : []), about);
    list.append(item);
    return link;
  };
  const suggest = () => {
    const most = [...publishers].sort((one, other) => other[1] - one[1]).slice(0, 60);
    document.getElementById("sources").replaceChildren(...most.map(([name]) => {
      const option = make("option");
      option.value = name;
      return option;
    }));
  };

  let turn = 0, query, steps, shown = 0, stops = false;
  const ask = () => {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value.trim()) values.set(name, value.trim());
    const search = String(values);
    try { history.replaceState(null, "", search ? `?${search}` : location.pathname); } catch { /* the browser limits how often this is called */ }
    const given = (name) => values.get(name) || "";
    query = {
      terms: terms(given("q")), topic: given("topic"), source: fold(given("source")),
      from: given("from"), to: given("to"),
    };
    turn += 1;
    shown = 0;
    list.replaceChildren();
    offer("");
    bar.hidden = true;
    if (!query.terms.length && !query.topic && !query.source && !query.from && !query.to) return say("idle");
    steps = walk(query);
    return go(UNASKED);
  };

  /* Show another page of results. Stop after loading `most` parts that do not fill the page. */
  const go = async (most, isAsked = false) => {
    const mine = turn, until = shown + PAGE;
    let left = most, first = null, step, end = false;
    stops = false;
    offer(isAsked ? "stop" : "");
    if (!shown) say("busy");
    try {
      while (shown < until) {
        const next = await steps.next();
        if (mine !== turn) return;
        end = next.done;
        if (end) break;
        step = next.value;
        if (step.story) {
          const link = show(step.story, query);
          first = first || link;
          shown += 1;
        } else {
          bar.max = step.all || 1;
          bar.value = step.seen;
          bar.hidden = !isAsked;
          if ("last" in step && (stops || left-- <= 0)) break;
        }
      }
    } catch {
      if (mine === turn) { say("failed"); offer("again"); bar.hidden = true; }
      return;
    }
    tell(step, end, shown >= until);
    suggest();
    if (isAsked && first) first.focus();
    else if (isAsked && button.hidden) named("q").focus();
  };
  const tell = (step, end, isFull) => {
    bar.hidden = true;
    const done = end || step.seen === step.all;
    const values = {
      found: numbers.format(shown), seen: numbers.format(step.seen),
      all: numbers.format(step.all), day: spoken(step.day),
    };
    say(done ? (shown ? "all" : "none") : shown ? "some" : "yet", values);
    offer(done ? "" : isFull ? "more" : "older");
  };

  button.addEventListener("click", () => {
    const does = button.dataset.does;
    if (does === "stop") stops = true;
    else if (does === "again") ask();
    else go(Infinity, true);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  let waiting;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 250); });
  document.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const inField = document.activeElement === named("q");
    if (event.altKey || event.ctrlKey || event.metaKey || (at < 0 && !inField)) return;
    const to = event.key === "ArrowDown" ? links[at + 1]
      : event.key === "ArrowUp" && at >= 0 ? links[at - 1] || named("q")
        : event.key === "Escape" && at >= 0 ? named("q") : null;
    if (to) { event.preventDefault(); to.focus(); }
  });

  const given = new URLSearchParams(location.search);
  for (const name of ["q", "topic", "source", "from", "to"]) {
    const field = named(name);
    field.value = (given.get(name) || "").slice(0, 200);
    if (field.selectedIndex === -1) field.value = "";
  }
  ask();
})();
