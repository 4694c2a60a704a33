/** The panel of filters: each field changes the question at once. */

import { button, field, h, replace } from "../../lib/dom.js";
import { completing } from "../../lib/completing.js";
import { call } from "../../lib/rpc.js";
import { valueOf, withFilter } from "./question.js";

const DAY = "2019, 2019-07 or 2019-07-12";
const FIELDS = [
  ["keyword", "Keyword"],
  ["folder", "Folder, with all below"],
  ["since", "From", DAY],
  ["until", "Until", DAY],
  ["camera", "Camera"],
  ["lens", "Lens"],
  ["rating", "Stars"],
  ["people", "People, at least seen"],
  ["category", "Category"],
  ["light", "Light"],
  ["season", "Season"],
  ["pick", "Flag"],
  ["label", "Colour label"],
];
const COMPLETED = ["keyword", "folder", "camera", "lens"];
const STARS = [["5", "5"], ["4+", "4 or more"], ["3+", "3 or more"], ["2+", "2 or more"], ["1+", "1 or more"]];
const PEOPLE = [["0", "nobody"], ["1", "one"], ["2", "two"], ["1+", "one or more"], ["3+", "three or more"], ["10+", "ten or more"]];

/**
 * @param {object} options
 * @param {{name: string, choices: string[]}[]} options.kinds of search.filters
 * @param {(change: (question: object) => object) => void} options.onChange makes another question of the present one
 * @param {AbortSignal} options.signal
 * @returns {{element: Element, show: (question: object) => void, open: () => void}}
 */
export function filters({ kinds, onChange, signal }) {
  const choices = Object.fromEntries(kinds.map((kind) => [kind.name, kind.choices.map((value) => [value, value])]));
  Object.assign(choices, { rating: STARS, people: PEOPLE });
  const controls = new Map();

  const rows = FIELDS.map(([name, label, hint]) => {
    const set = () => onChange((question) => withFilter(question, name, control.value));
    const control = choices[name]?.length
      ? h("select", { on: { change: set } })
      : h("input", { type: "text", spellcheck: false, placeholder: hint, on: { change: set } });
    controls.set(name, control);
    const known = (text, now) => call("search.complete", { name, text }, { signal: now });
    const row = field(label, control);
    if (COMPLETED.includes(name)) completing(control, known, signal);
    return row;
  });
  const without = h("input", { type: "text", on: { change: () => onChange((question) => ({ ...question, without: without.value })) } });
  const clear = button("Clear all filters", () => onChange((question) => ({ ...question, filters: [], without: "" })));
  const element = h(
    "details",
    { class: "filters", open: matchMedia("(min-width: 901px)").matches },
    h("summary", null, "Filters"),
    h("div", { class: "fields" }, field("Does not show", without), ...rows, clear),
  );

  return {
    element,
    show(question) {
      without.value = question.without;
      for (const [name, control] of controls) {
        const value = valueOf(question, name);
        if (control.tagName === "SELECT") replace(control, ...options(choices[name], value));
        control.value = value;
      }
      clear.disabled = !question.filters.length && !question.without;
    },
    open() {
      element.open = true;
      controls.get("keyword").focus();
    },
  };
}

function options(known, value) {
  const missing = value && !known.some(([one]) => one === value) ? [[value, value]] : [];
  return [["", "any"], ...known, ...missing].map(([one, label]) => h("option", { value: one }, label));
}
