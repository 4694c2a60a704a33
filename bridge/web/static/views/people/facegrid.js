/** A grid of faces that a person can choose from: those of a group, or those of none. */

import { box, choosing } from "../../lib/choosing.js";
import { h } from "../../lib/dom.js";
import { fileName } from "../../lib/format.js";
import { grid } from "../../lib/grid.js";
import { face } from "../../lib/pictures.js";
import { photoAddress } from "../../lib/places.js";

/**
 * @param {object} options
 * @param {string} options.label
 * @param {(index: number) => object|undefined} options.at the face at a place; undefined: it is still asked for
 * @param {(from: number, to: number) => void} [options.onRange]
 * @param {(chosen: Set<number>) => void} options.onChange
 * @param {AbortSignal} options.signal
 */
export function faceGrid({ label, at, onRange, onChange, signal }) {
  let count = 0;
  const choice = choosing({ id: (index) => at(index)?.face, count: () => count, onChange });

  function render(index) {
    const one = at(index);
    if (!one) return h("div", { class: "person" }, h("span", { class: "picture face" }));
    const name = fileName(one.path);
    const link = h("a", { href: photoAddress(one.uri), tabIndex: -1, title: one.path }, name);
    return choice.dress(h("div", { class: "person" }, box(`the face of ${name}`), face(one.face), h("p", { class: "hint" }, link)), index);
  }

  const tiles = grid({ count: 0, minWidth: 130, height: 180, label, render, onRange });
  choice.attach(tiles);
  signal.addEventListener("abort", () => tiles.destroy(), { once: true });
  return {
    element: tiles.element,
    choice,
    current: () => at(tiles.current()),
    focus: (index) => tiles.focus(index),
    refresh(fresh) {
      count = fresh;
      tiles.refresh(fresh);
    },
  };
}
