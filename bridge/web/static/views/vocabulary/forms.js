/** The questions that an edit asks: a name, a place. Each is a dialog that Enter answers and Escape leaves. */

import { button, field, h } from "../../lib/dom.js";
import { dialog } from "../../lib/tell.js";
import { placeField } from "./place.js";

/** Closed before it is answered, so that the focus is where it was. */
function question(title, yes, fields, onSubmit) {
  const submit = (event) => {
    event.preventDefault();
    box.close();
    onSubmit();
  };
  const row = h("div", { class: "row end" }, button("Cancel", () => box.close()), h("button", { type: "submit", class: "main" }, yes));
  const box = dialog(title, [h("form", { class: "stack question", on: { submit } }, ...fields, row)]);
  box.querySelector("input")?.focus();
}

/** @param {string} label @param {string} value what stands there, chosen whole */
function name(label, value = "", hint = "") {
  const input = h("input", { type: "text", value, required: true, maxLength: 1000, autocomplete: "off" });
  input.addEventListener("focus", () => input.select(), { once: true });
  return { input, element: field(label, input, hint) };
}

/** @param {string[]} path @param {(name: string) => void} done */
export function askRename(path, done) {
  const one = name("Name", path.at(-1));
  question(`Rename “${path.at(-1)}”`, "Rename", [one.element], () => {
    const value = one.input.value.trim();
    if (value && value !== path.at(-1)) done(value);
  });
}

/** @param {string[]} path the one above; empty for the top level @param {(name: string) => void} done */
export function askAdd(path, done) {
  const one = name("Name", "", "A|B adds two levels.");
  question(path.length ? `A keyword below “${path.at(-1)}”` : "A keyword at the top level", "Add", [one.element], () => done(one.input.value.trim()));
}

/** @param {string} list @param {string[]} path @param {(to: string[]) => void} done */
export function askMove(list, path, done) {
  const place = placeField({ label: "Goes below", hint: "Type a part of a keyword. Empty: the top level.", list });
  question(`Move “${path.at(-1)}”`, "Move", [place.element], () => done(place.path()));
}

/** Where a new word goes. @param {string} list @param {string} word @param {(path: string[]) => void} done */
export function askPlace(list, word, done) {
  const place = placeField({ label: "Goes below", hint: "Type a part of a keyword. Empty: the top level. A name that the list lacks is added.", list });
  const called = name("Is called there", word);
  const own = h("input", { type: "radio", name: "how", checked: true, id: "how-own" });
  const same = h("input", { type: "radio", name: "how", id: "how-same" });
  const choice = (input, text) => h("div", { class: "field check" }, input, h("label", { htmlFor: input.id }, text));
  const how = h("fieldset", null, h("legend", null, "It is"), choice(own, "a keyword of its own"), choice(same, "another word for a keyword"));
  const label = place.element.querySelector("label");
  how.addEventListener("change", () => {
    label.textContent = same.checked ? "Is the same as" : "Goes below";
    called.element.hidden = called.input.disabled = same.checked;
    place.input.required = same.checked;
  });
  question(`Take in “${word}”`, "Take in", [place.element, how, called.element], () => done(same.checked ? place.path() : [...place.path(), called.input.value.trim()]));
  place.input.focus();
}
