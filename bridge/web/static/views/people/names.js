/** Fields for the name of a person: they complete with the names that are known. */

import { h, replace } from "../../lib/dom.js";

const SHOWN = 20;

/** One list for all fields of the view: it holds what fits the field that is typed into. @param {() => string[]} known */
export function nameList(known) {
  const element = h("datalist", { id: "known-people" });
  const fill = (text) => {
    const wanted = text.trim().toLowerCase();
    const fits = known().filter((name) => name.toLowerCase().includes(wanted));
    const first = fits.filter((name) => name.toLowerCase().startsWith(wanted));
    replace(element, ...[...new Set([...first, ...fits])].slice(0, SHOWN).map((value) => h("option", { value })));
  };
  return { element, fill };
}

/**
 * @param {object} options
 * @param {string} options.name until now
 * @param {string} options.label for screen readers, or of the field
 * @param {{fill: (text: string) => void}} options.list of `nameList`
 * @param {(name: string) => void} options.save called with another name, on Enter or when the field is left
 * @param {(input: HTMLInputElement) => void} [options.onEnter] where to go then
 */
export function nameField({ name, label, list, save, onEnter = () => {}, ...props }) {
  const input = h("input", { type: "text", class: "name", value: name, placeholder: "Who is it?", spellcheck: false, autocomplete: "off", "aria-label": label, ...props });
  input.setAttribute("list", "known-people");
  const keep = () => {
    const text = input.value.trim().replace(/\s+/g, " ");
    if (text !== name) save((name = text));
  };
  input.addEventListener("input", () => list.fill(input.value));
  input.addEventListener("focus", () => list.fill(input.value));
  input.addEventListener("change", keep);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // these keys are the input method's
    if (event.key === "Enter") {
      event.preventDefault();
      keep();
      onEnter(input);
    } else if (event.key === "Escape") {
      input.value = name;
      (input.closest(".tile") ?? input).focus();
      event.stopPropagation();
    }
  });
  return input;
}
