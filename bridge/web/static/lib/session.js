/** The key of this page: got with the code that opened it, kept for this tab alone. */

const KEY = "photo-bridge-key";

/** @returns {string|null} */
export const key = () => sessionStorage.getItem(KEY);

/**
 * The code and the view that the page was opened with, and the address without them: a code does not stay in history.
 * @returns {{code: string, view: string}|null}
 */
export function takeCode() {
  const found = /^#code=([\w-]+)&view=(.*)$/.exec(location.hash);
  if (!found) return null;
  history.replaceState(null, "", `/#${found[2]}`);
  return { code: found[1], view: found[2] };
}

/** Exchange a code for the key. @returns {Promise<string|null>} why it was not possible, or null */
export async function redeem(code) {
  let answer;
  try {
    answer = await fetch("/session", { method: "POST", body: JSON.stringify({ code }) });
  } catch {
    return "The daemon does not answer. Start it: photo-bridge serve";
  }
  const said = await answer.json();
  if (!answer.ok) return said.message;
  sessionStorage.setItem(KEY, said.key);
  return null;
}

/** The daemon does not know a key any more: it was started anew. Another that we have by now is kept, and it is told once. */
export function lose(lost) {
  if (!lost || key() !== lost) return;
  sessionStorage.removeItem(KEY);
  dispatchEvent(new Event("session-lost"));
}
