// What a page gains where scripts run; it says everything without this.
(() => {
  "use strict";
  const lang = document.documentElement.lang || undefined;

  // A time of the last two days is told by its age; every full time has the reader's own zone as title.
  const full = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "short" });
  const ago = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  for (const time of document.querySelectorAll("time[datetime*='T']")) {
    const at = new Date(time.dateTime);
    const minutes = (Date.now() - at) / 60000;
    if (Number.isNaN(minutes)) continue;
    time.title = full.format(at);
    if (minutes < 0 || minutes >= 2880 || !time.closest(".meta")) continue;
    time.textContent =
      minutes < 60 ? ago.format(-Math.round(minutes), "minute") : ago.format(-Math.round(minutes / 60), "hour");
  }

  // j and k go to the next and the last headline.
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
