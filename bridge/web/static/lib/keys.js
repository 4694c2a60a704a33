/** Keys of the open view. "?" shows them all. */

import { button, h } from "./dom.js";
import { dialog } from "./tell.js";

const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space" };
const bound = new Map(); // signal -> bindings: what the open view has, in the order in which it was bound

/**
 * @param {AbortSignal} signal ends with the view
 * @param {Record<string, [string, (event: KeyboardEvent) => void]>} bindings key -> what it does, and the handler; without words it is
 *   not shown;
 *   `"Shift+P"`, `"Ctrl+z"` (Command on a Mac), `"ArrowLeft"`, `" "`. A handler that returns false lets the key through.
 */
export function keys(signal, bindings) {
  if (signal.aborted) return;
  bound.set(signal, { ...bound.get(signal), ...bindings });
  const listen = (event) => {
    if (typing(event) || document.querySelector("dialog[open]")) return;
    const found = bindings[name(event)];
    if (found && found[1](event) !== false) event.preventDefault();
  };
  document.addEventListener("keydown", listen, { signal });
  signal.addEventListener("abort", () => bound.delete(signal));
}

/** Bindings of a dialog: as long as it is open. @param {HTMLDialogElement} element */
export function dialogKeys(element, bindings) {
  element.addEventListener("keydown", (event) => {
    const found = !typing(event) && bindings[name(event)];
    if (found && found[1](event) !== false) event.preventDefault();
  });
}

/** The name of a key as it is bound. With Alt it is the browser's; AltGr only reaches a sign. */
function name(event) {
  if (event.altKey && !event.getModifierState("AltGraph")) return "";
  const command = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const letter = event.key.length === 1 && /[a-z]/i.test(event.key);
  const shift = event.shiftKey && (letter || event.key.length > 1) ? "Shift+" : "";
  return command + shift + (letter ? (event.shiftKey && !command ? event.key.toUpperCase() : event.key.toLowerCase()) : event.key);
}

function typing(event) {
  const target = event.target;
  if (target.isContentEditable || target.matches?.("textarea, select")) return true;
  return target.matches?.("input") && !["checkbox", "radio", "button", "range"].includes(target.type);
}

/** Show every key of the open view. */
export function help() {
  const rows = [...bound.values()].flatMap((bindings) => Object.entries(bindings)).filter(([, [what]]) => what);
  const list = rows.map(([keyName, [what]]) => [h("dt", null, ...shown(keyName)), h("dd", null, what)]);
  const closing = button("Close", () => box.close(), { class: "main" });
  const box = dialog("Keys", [h("dl", { class: "keys" }, ...list, h("dt", null, h("kbd", null, "?")), h("dd", null, "these keys"))], [closing]);
}

function shown(keyName) {
  if (keyName === "+") return [h("kbd", null, "+")];
  return keyName.split("+").map((part) => h("kbd", null, NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)));
}
