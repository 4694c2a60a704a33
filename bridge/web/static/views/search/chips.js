/** What the question was understood as: every filter as a chip that can be turned off. */

import { button, h } from "../../lib/dom.js";
import { picture } from "../../lib/pictures.js";
import { nameOf } from "../../lib/places.js";

/**
 * @param {object} question @param {{name: string, value: string, phrase: string|null}[]} applied the daemon's filters
 * @param {(change: (question: object) => object) => void} onChange
 */
export function chips(question, applied, onChange) {
  const like = question.like && h("li", null, likeChip(question.like, () => onChange((now) => ({ ...now, like: "" }))));
  const named = question.filters.map((filter) => {
    const drop = () => onChange((now) => ({ ...now, filters: now.filters.filter((one) => one !== filter) }));
    return h("li", null, chip(filter.replace("=", ": "), "Remove this filter", drop));
  });
  const understood = applied
    .filter((one) => one.phrase)
    .map(({ name, value, phrase }) => {
      const words = () => onChange((now) => ({ ...now, plain: [...now.plain, phrase] }));
      return h("li", null, chip(`“${phrase}” is ${name}: ${value}`, "Take it as words instead", words));
    });
  const plain = question.plain.map((phrase) => {
    const again = () => onChange((now) => ({ ...now, plain: now.plain.filter((one) => one !== phrase) }));
    return h("li", null, chip(`“${phrase}” as words`, "Let it be a filter again", again));
  });
  return h("ul", { class: "chips", "aria-label": "How the question was understood" }, like, named, understood, plain);
}

function chip(text, what, drop) {
  return button([text, h("span", { "aria-hidden": "true" }, "×")], drop, { class: "chip", title: what, "aria-label": `${text}. ${what}` });
}

function likeChip(uri, drop) {
  const name = nameOf(uri);
  const label = `Like ${name}. Remove this`;
  return button([picture(uri, { alt: "" }), `Like ${name}`, h("span", { "aria-hidden": "true" }, "×")], drop, { class: "chip like", "aria-label": label });
}
