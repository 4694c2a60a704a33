/** Tiles that a person chooses, as in photo programs: click, Ctrl or Command for one more, Shift for a stretch, Space. */

import { h } from "./dom.js";

/**
 * @param {object} options
 * @param {(index: number) => (string|number|undefined)} options.id what is chosen at a place; undefined: nothing is there
 * @param {() => number} options.count how many places there are
 * @param {(chosen: Set<string|number>) => void} options.onChange
 */
export function choosing({ id, count, onChange }) {
  const chosen = new Set();
  let anchor = 0;
  let tiles = null;

  function changed() {
    for (const tile of tiles?.element.querySelectorAll(".tile") ?? []) dress(tile, Number(tile.dataset.index));
    onChange(chosen);
  }

  /** Show on a tile whether it is chosen. */
  function dress(tile, index) {
    const has = chosen.has(id(index));
    tile.classList.toggle("selected", has);
    const box = tile.querySelector("input.choose");
    if (box) box.checked = has;
    return tile;
  }

  function toggle(index) {
    const key = id(index);
    if (key === undefined) return;
    if (!chosen.delete(key)) chosen.add(key);
    anchor = index;
    changed();
  }

  function stretch(index) {
    const [from, to] = [Math.min(anchor, index), Math.max(anchor, index)];
    for (let at = from; at <= to; at++) if (id(at) !== undefined) chosen.add(id(at));
    changed();
  }

  function only(index) {
    chosen.clear();
    if (id(index) !== undefined) chosen.add(id(index));
    anchor = index;
    changed();
  }

  function click(event) {
    const tile = event.target.closest(".tile");
    const box = event.target.closest("input.choose");
    const opens = event.target.closest("a.whole"); // the tile's picture, where a plain click opens it
    const withKey = event.shiftKey || event.ctrlKey || event.metaKey;
    if (!tile || (!box && !(opens && withKey) && event.target.closest("a, button, input, label"))) return;
    if (opens) event.preventDefault();
    const index = Number(tile.dataset.index);
    if (event.shiftKey) stretch(index);
    else if (box || event.ctrlKey || event.metaKey) toggle(index);
    else only(index);
  }

  return {
    chosen,
    dress,
    /** @param {object} handle of lib/grid.js */
    attach(handle) {
      tiles = handle;
      handle.element.addEventListener("click", click);
      handle.element.addEventListener("moved", (event) => event.detail.shift && stretch(event.detail.index));
    },
    /** The tile that the keyboard is at: for Space. */
    toggleCurrent() {
      if (tiles && count()) toggle(tiles.current());
    },
    /** @param {Iterable<string|number>} keys */
    set(keys) {
      chosen.clear();
      for (const key of keys) chosen.add(key);
      changed();
    },
    clear() {
      if (!chosen.size) return false;
      chosen.clear();
      changed();
      return true;
    },
  };
}

/** The box by which a tile is chosen with the mouse alone, or by touch. @param {string} name */
export const box = (name) => h("input", { type: "checkbox", class: "choose", tabIndex: -1, "aria-label": `Choose ${name}` });
