// While a keyword is typed the stories that have it are shown; a suggestion is answered by one key.

const field = document.querySelector("textarea[data-matches]");
const found = document.querySelector("[data-found]");
let timer = 0;
let asking = null;

// the line in which the cursor stands
const line = () => {
  const end = field.selectionStart;
  const start = field.value.lastIndexOf("\n", end - 1) + 1;
  const stop = field.value.indexOf("\n", end);
  return field.value.slice(start, stop < 0 ? undefined : stop).trim();
};

const show = async () => {
  const words = line();
  if (!words || words === found.dataset.shown) return;
  asking?.abort();
  asking = new AbortController();
  const query = new URLSearchParams({ q: words.slice(0, 200) });
  // null where it was given up, be it while the answer came
  const told = await fetch(`${field.dataset.matches}?${query}`, { signal: asking.signal })
    .then((answer) => (answer.ok ? answer.text() : null))
    .catch(() => null);
  if (told === null) return;
  const page = new DOMParser().parseFromString(told, "text/html");
  found.replaceChildren(...page.body.childNodes);
  found.dataset.shown = words;
};

for (const event of ["input", "keyup", "click"]) {
  field.addEventListener(event, () => {
    clearTimeout(timer);
    timer = setTimeout(show, 120);
  });
}

document.addEventListener(
  "keydown",
  (event) => {
    const form = event.target.closest?.("[data-suggestion]");
    const answers = { t: "take", x: "dismiss" };
    if (!form || event.ctrlKey || event.metaKey || event.altKey || !(event.key in answers)) return;
    const button = form.querySelector(`button[value="${answers[event.key]}"]`);
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    form.requestSubmit(button);
  },
  true,
);
