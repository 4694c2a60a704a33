/** One thing that was said of a photo, with its two answers. */

import { button, h } from "../../lib/dom.js";
import { verdict } from "./marks.js";

const NUMBERED = 9;
const STATES = new Map([
  [true, "right"],
  [false, "wrong"],
  [null, "open"],
]);

/**
 * @param {object} photo @param {object} thing as `things` tells it @param {number} number its place, from 1
 * @param {{models, columns, blind, mark: (right: boolean) => void, choose: () => void}} how `models` of the audit;
 *   `columns`: one for each of these; `blind`: who said it is told once it is judged
 * @returns {{element: Element, thing: object, paint: () => void}}
 */
export function row(photo, thing, number, { models, columns, blind, mark, choose }) {
  const looked = thing.kind === "photo";
  const missing = thing.kind === "missing";
  const right = missing ? null : answer("✓", looked ? "Looked at" : `Right: ${thing.text}`, () => mark(true));
  const wrong = looked ? null : answer("✗", missing ? `Not missing: ${thing.text}` : `Wrong: ${thing.text}`, () => mark(false));
  const who = h("span", { class: "who" });
  const numbered = number <= NUMBERED && thing.kind === "keyword";
  const element = h(
    "li",
    { class: `thing ${thing.kind}`, tabIndex: -1, on: { focus: choose, click: choose } },
    h("span", { class: "number", "aria-hidden": "true" }, numbered ? String(number) : ""),
    h("span", { class: "text" }, thing.text, who),
    columns ? models.map((model) => cell(thing.models.includes(model), model)) : null,
    h("span", { class: "answers" }, right, wrong),
  );

  function paint() {
    const state = STATES.get(verdict(photo, thing.kind, thing.value));
    element.dataset.verdict = state;
    right?.setAttribute("aria-pressed", String(state === "right"));
    wrong?.setAttribute("aria-pressed", String(state === "wrong"));
    who.textContent = missing ? "missing: you added it" : columns || models.length < 2 || (blind && state === "open") ? "" : thing.models.join(", ");
  }
  paint();
  return { element, thing, paint };
}

const answer = (sign, label, onclick) => button(sign, onclick, { class: "verdict", "aria-label": label });

function cell(said, model) {
  return h("span", { class: "cell" }, said ? [h("span", { class: "dot", "aria-hidden": "true" }), h("span", { class: "visually-hidden" }, `said by ${model}`)] : null);
}
