// What goes out, while it goes: asked for every two seconds, and put in place under nobody's hands.
// Nothing needs it: without it the page asks for itself anew.

const words = JSON.parse(document.getElementById("words").textContent);
const place = document.querySelector("[data-mailing]");
const told = document.querySelector("[data-told]");
const MILLISECONDS = 2000;

const parse = (text) => new DOMParser().parseFromString(text, "text/html").body;
const find = (name) => place.querySelector(`[data-sending="${CSS.escape(name)}"]`);

// A link or a button that had the focus has it again, as far as it is still there.
const withFocus = (old, fresh) => {
  const node = document.activeElement;
  const had = old.contains(node);
  const same = (one) => (node.href ? one.href === node.href : one.value === node.value && one.tagName === node.tagName);
  old.replaceWith(fresh);
  if (!had) return;
  const next = [...fresh.querySelectorAll("a, button, summary, input")];
  (next.find(same) ?? fresh.querySelector("button") ?? fresh.querySelector("a"))?.focus({ preventScroll: true });
};
const show = (fresh) => {
  for (const next of fresh.querySelectorAll("[data-sending]")) {
    const old = find(next.dataset.sending);
    if (!old) place.prepend(next);
    else if (old.dataset.state !== next.dataset.state) {
      withFocus(old, next);
      told.textContent = next.dataset.words;
    } else withFocus(old.querySelector("[data-numbers]"), next.querySelector("[data-numbers]"));
  }
};
const renew = async () => {
  if (!place.querySelector("[data-going]")) return;
  const answer = document.hidden ? null : await fetch(place.dataset.mailing).catch(() => null);
  if (answer?.status === 401) return location.reload();
  if (answer?.ok) show(parse(await answer.text()));
  setTimeout(renew, MILLISECONDS);
};
if (place) setTimeout(renew, MILLISECONDS);

const press = (key) => document.querySelector(`main button[data-key="${key}"]`)?.click();
[
  ["s", words.sending_send],
  ["p", words.sending_pause],
].forEach(([keys, text]) => document.dispatchEvent(new CustomEvent("copydesk-command", { detail: { keys, text, run: () => press(keys) } })));
