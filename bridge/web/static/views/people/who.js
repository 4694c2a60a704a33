/** Asking who faces are that are another person. */

import { button, field, h } from "../../lib/dom.js";
import { dialog } from "../../lib/tell.js";

/**
 * @param {string} title @param {{element: Element, fill: (text: string) => void}} list of names.js
 * @returns {Promise<string|null>} a name, empty where nobody can say; null: rather not at all
 */
export function who(title, list) {
  return new Promise((resolve) => {
    const name = h("input", { type: "text", spellcheck: false, autocomplete: "off", on: { input: () => list.fill(name.value), focus: () => list.fill(name.value) } });
    name.setAttribute("list", "known-people");
    const go = (event) => {
      event.preventDefault();
      asked.close("yes");
    };
    const row = h("div", { class: "row end" }, button("Cancel", () => asked.close()), h("button", { type: "submit", class: "main" }, "Another person"));
    const asked = dialog(title, [h("form", { class: "stack", on: { submit: go } }, field("Who is it?", name, "Leave it empty where you cannot say yet."), row)]);
    asked.addEventListener("close", () => resolve(asked.returnValue === "yes" ? name.value.trim() : null));
    name.focus();
  });
}
