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

  // The keys j and k move to the next and the previous headline.
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const links = [...document.querySelectorAll("main :is(.card h3, .brief, .line) > a, main .brief .text > a")];
    const here = links.indexOf(document.activeElement);
    const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
    if (links[next]) {
      event.preventDefault();
      links[next].focus();
    }
  });
})();
