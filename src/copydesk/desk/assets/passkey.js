// Passkeys: the one thing that sign-in needs a script for. A button says what to ask, and whither.
const PROBLEM = document.getElementById("problem");

function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function toText(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function readOptions(options) {
  const listed = (keys) => (keys || []).map((key) => ({ ...key, id: toBytes(key.id) }));
  const read = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.excludeCredentials) read.excludeCredentials = listed(options.excludeCredentials);
  if (options.allowCredentials) read.allowCredentials = listed(options.allowCredentials);
  return read;
}

function writeCredential(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
}

async function post(address, body) {
  const answer = await fetch(address, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.problem);
  return told;
}

async function usePasskey(button) {
  PROBLEM.textContent = "";
  button.disabled = true;
  try {
    const publicKey = readOptions(await post(button.dataset.ask, ""));
    const credential = await navigator.credentials[button.dataset.passkey]({ publicKey });
    const told = await post(button.dataset.send, writeCredential(credential));
    location.assign(told.next);
  } catch (error) {
    // who closes the device's own window knows that they did
    if (error.name !== "NotAllowedError") PROBLEM.textContent = error.message;
    button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.addEventListener("click", () => usePasskey(button));
    button.hidden = false;
  }
  for (const line of document.querySelectorAll(".or")) line.hidden = false;
}
