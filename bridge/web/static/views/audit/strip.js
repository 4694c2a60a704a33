/** The photos of a sample as a strip of thumbnails: where one is, and which are judged. */

import { button, h, replace } from "../../lib/dom.js";
import { fileName } from "../../lib/format.js";
import { picture } from "../../lib/pictures.js";
import { isJudged } from "./marks.js";

const STATES = { judged: "judged", open: "not judged yet", waiting: "no model has looked at it yet" };
const AROUND = 24; // thumbnails on each side: a sample may have thousands

/**
 * @param {Array<object>} photos @param {(index: number) => void} open
 * @returns {{element: Element, show: (index: number) => void, paint: (photo: object) => void}}
 */
export function strip(photos, open) {
  const element = h("ol", { class: "strip", "aria-label": "Photos of the sample" });
  const tiles = new Map(); // photo -> [its index, its button], of those that are shown

  function tile(index) {
    const photo = photos[index];
    const made = button(picture(photo.uri), () => open(index), { class: "frame", tabIndex: -1 });
    tiles.set(photo, [index, made]);
    paint(photo);
    return h("li", null, made);
  }

  function paint(photo) {
    if (!tiles.has(photo)) return;
    const [index, made] = tiles.get(photo);
    const state = isJudged(photo) ? "judged" : photo.answered.length ? "open" : "waiting";
    made.dataset.state = state;
    made.setAttribute("aria-label", `${index + 1}: ${fileName(photo.path)}, ${STATES[state]}`);
  }

  function show(index) {
    const near = [photos[index], photos[index + 1] ?? photos[index]];
    if (!near.every((photo) => tiles.has(photo))) {
      tiles.clear();
      const from = Math.max(0, index - AROUND);
      const to = Math.min(photos.length, index + AROUND + 1);
      replace(element, Array.from({ length: to - from }, (_, at) => tile(from + at)));
    }
    for (const [at, made] of tiles.values()) {
      made.setAttribute("aria-current", String(at === index));
      made.tabIndex = at === index ? 0 : -1;
    }
    const [, made] = tiles.get(photos[index]);
    element.scrollLeft = made.offsetLeft - (element.clientWidth - made.offsetWidth) / 2;
  }

  return { element, show, paint };
}
