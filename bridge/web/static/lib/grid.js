/** A grid of tiles of which only those in sight are in the document: 50,000 photos are as light as fifty. */

import { h } from "./dom.js";
import { keepPictures, release } from "./pictures.js";

const HIGHEST = 8_000_000; // px: browsers draw nothing reliably far beyond; what is higher is scrolled in larger steps
const BEYOND = 1; // rows that are kept above and below those in sight

/**
 * @param {object} options
 * @param {number} options.count tiles
 * @param {number} options.minWidth px of a tile; they are stretched to fill the row
 * @param {number} options.height px of a tile with its gap
 * @param {(index: number) => Element} options.render a tile, or what stands for it until its photo is known
 * @param {string} options.label for screen readers
 * @param {(from: number, to: number) => void} [options.onRange] called with the tiles that came into sight: [from, to)
 * @param {(index: number) => void} [options.onFocus] called when another tile is the current one
 * @returns {{element: HTMLElement, refresh: (count?: number) => void, update: (index: number) => void,
 *   scrollTo: (index: number) => void, focus: (index: number) => void, current: () => number, columns: () => number,
 *   range: () => [number, number], destroy: () => void}}
 */
export function grid({ count, minWidth, height, render, label, onRange = () => {}, onFocus = () => {} }) {
  const canvas = h("div", { class: "grid-canvas", role: "list", "aria-label": label });
  const element = h("div", { class: "grid" }, canvas);
  const shown = new Map(); // index -> element
  let columns = 1;
  let current = 0;
  let from = 0;
  let to = 0;
  let frame = 0;
  let shift = 0; // px by which tiles are moved, as they were drawn last: to ask the browser again is a layout for each

  const whole = () => Math.ceil(count / columns) * height;
  const real = () => Math.min(whole(), HIGHEST);

  /** px of the rows above the upper edge: what is scrolled, stretched where the whole is higher than browsers bear. */
  function top() {
    const scrolled = element.scrollTop;
    const room = real() - element.clientHeight;
    return whole() > real() && room > 0 ? (scrolled / room) * (whole() - element.clientHeight) : scrolled;
  }

  function draw() {
    frame = 0;
    if (!element.clientHeight) return;
    canvas.style.height = `${real()}px`;
    const above = top();
    shift = element.scrollTop - above;
    const first = Math.max(0, Math.floor(above / height) - BEYOND) * columns;
    const last = Math.min(count, (Math.ceil((above + element.clientHeight) / height) + BEYOND) * columns);
    for (const [index, tile] of shown) {
      const focused = index === current && tile.contains(document.activeElement);
      if ((index < first || index >= last) && !focused) {
        release(tile);
        tile.remove();
        shown.delete(index);
      }
    }
    for (let index = first; index < last; index++) if (!shown.has(index)) put(index);
    for (const [index, tile] of shown) place(index, tile);
    if (first !== from || last !== to) {
      from = first;
      to = last;
      onRange(from, to);
    }
  }

  function put(index) {
    const tile = render(index);
    tile.setAttribute("role", "listitem");
    tile.setAttribute("aria-setsize", count);
    tile.setAttribute("aria-posinset", index + 1);
    tile.classList.add("tile");
    tile.tabIndex = index === current ? 0 : -1;
    tile.dataset.index = index;
    const after = [...shown.keys()].filter((other) => other > index).sort((a, b) => a - b)[0];
    canvas.insertBefore(tile, after === undefined ? null : shown.get(after));
    shown.set(index, tile);
  }

  function place(index, tile) {
    const row = Math.floor(index / columns);
    tile.style.transform = `translateY(${row * height + shift}px)`;
    tile.style.left = `${((index % columns) / columns) * 100}%`;
    tile.style.width = `calc(${100 / columns}% - var(--gap))`;
    tile.style.height = `calc(${height}px - var(--gap))`;
  }

  function schedule() {
    frame ||= requestAnimationFrame(draw);
  }

  function measure() {
    const kept = Math.floor(top() / height) * columns;
    const fits = Math.max(1, Math.floor(element.clientWidth / minWidth));
    if (fits !== columns) {
      columns = fits;
      from = to = 0;
      draw();
      scrollTo(kept);
    }
    schedule();
  }

  function scrollTo(index) {
    const row = Math.floor(index / columns) * height;
    canvas.style.height = `${real()}px`;
    const room = whole() - element.clientHeight;
    element.scrollTop = whole() > real() && room > 0 ? (row / room) * (real() - element.clientHeight) : row;
    draw();
  }

  function reveal(index) {
    const row = Math.floor(index / columns) * height;
    const above = top();
    if (row < above) scrollTo(index);
    else if (row + height > above + element.clientHeight) {
      const fitting = Math.max(1, Math.floor(element.clientHeight / height)) - 1;
      scrollTo(Math.max(0, index - fitting * columns));
    }
  }

  function setCurrent(index) {
    if (index === current) return;
    shown.get(current)?.setAttribute("tabindex", "-1");
    current = index;
    shown.get(current)?.setAttribute("tabindex", "0");
    onFocus(index);
  }

  function focus(index) {
    const wanted = Math.max(0, Math.min(count - 1, index));
    if (count === 0) return;
    reveal(wanted);
    setCurrent(wanted);
    if (!shown.has(wanted)) draw();
    shown.get(wanted)?.focus({ preventScroll: true });
  }

  const STEPS = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: () => -columns, ArrowDown: () => columns };
  const page = () => Math.max(1, Math.floor(element.clientHeight / height)) * columns;
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const jumps = { Home: -count, End: count, PageUp: -page(), PageDown: page() };
    const step = STEPS[event.key]?.() ?? jumps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    focus(current + step);
    element.dispatchEvent(new CustomEvent("moved", { detail: { index: current, shift: event.shiftKey } }));
  });
  element.addEventListener("focusin", (event) => {
    const tile = event.target.closest(".tile");
    if (tile) setCurrent(Number(tile.dataset.index));
  });
  element.addEventListener("scroll", schedule, { passive: true });
  const watching = new ResizeObserver(measure);
  watching.observe(element);

  return {
    element,
    /** Draw everything anew, of `fresh` tiles where their number changed. */
    refresh(fresh = count) {
      const had = element.contains(document.activeElement);
      count = fresh;
      current = Math.max(0, Math.min(current, count - 1));
      release(canvas);
      canvas.replaceChildren();
      shown.clear();
      from = to = 0;
      draw();
      if (had) focus(current);
    },
    /** Draw one tile anew, where it is in sight; what is focused within it stays so. */
    update(index) {
      const old = shown.get(index);
      if (!old) return;
      const focused = old.contains(document.activeElement) ? document.activeElement.dataset.focus ?? "" : null;
      shown.delete(index);
      put(index);
      const fresh = shown.get(index);
      place(index, fresh);
      keepPictures(old, fresh);
      release(old);
      old.remove();
      if (focused !== null) (fresh.querySelector(`[data-focus="${CSS.escape(focused)}"]`) ?? fresh).focus({ preventScroll: true });
    },
    scrollTo,
    focus,
    current: () => current,
    columns: () => columns,
    range: () => [from, to],
    destroy() {
      release(canvas);
      watching.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}
