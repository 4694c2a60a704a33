/** What the page tells: short notices with Undo, failures with what to do next, questions. */

import { button, h } from "./dom.js";

const STAYS = 8000; // ms; a notice that offers Undo or tells of a failure stays longer
const LONGER = 20000;

/**
 * @param {string} text @param {{undo?: () => Promise<void>}} options
 * @returns {{close: () => void}}
 */
export function tell(text, { undo } = {}) {
  const again = undo && button("Undo", async () => {
    toast.close();
    try {
      await undo();
    } catch (error) {
      fail(error);
    }
  });
  const toast = show(h("div", { class: "toast" }, h("p", null, text), again), undo ? LONGER : STAYS);
  return toast;
}

/**
 * A failure: its message, and its hint. Nothing is told of what was broken off on purpose, and what several requests
 * met at once (no daemon) is told once. @param {Error} error
 */
export function fail(error) {
  if (error.name === "AbortError") return;
  console.info(error);
  const text = h("div", null, h("p", null, error.message), error.hint ? h("p", { class: "hint" }, error.hint) : null);
  for (const told of document.querySelectorAll("#toasts .bad"))
    if (told.firstChild.textContent === text.textContent) told.remove();
  show(h("div", { class: "toast bad", role: "alert" }, text), LONGER);
}

function show(element, time) {
  const box = document.getElementById("toasts");
  const close = () => element.remove();
  element.append(button("×", close, { class: "quiet close", "aria-label": "Close this notice" }));
  box.append(element);
  while (box.children.length > 3) box.firstChild.remove();
  setTimeout(close, time);
  return { close };
}

/** @returns {Promise<boolean>} whether the person said yes */
export function ask(question, { yes = "Yes", no = "Cancel", detail = "" } = {}) {
  return new Promise((resolve) => {
    const said = dialog(question, [detail ? h("p", null, detail) : null], [
      button(no, () => said.close("no")),
      button(yes, () => said.close("yes"), { class: "main" }),
    ]);
    said.addEventListener("close", () => resolve(said.returnValue === "yes"));
  });
}

/**
 * An open <dialog>, gone from the document once it is closed; Escape closes it.
 * @param {string} title @param {Array} content @param {Array<Element>} buttons
 */
export function dialog(title, content, buttons = []) {
  const heading = h("h2", { id: "dialog-title" }, title);
  const element = h("dialog", { "aria-labelledby": "dialog-title" }, heading, ...content, h("div", { class: "row end" }, ...buttons));
  element.addEventListener("close", () => element.remove());
  document.body.append(element);
  element.showModal();
  return element;
}
