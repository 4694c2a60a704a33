/** The photos of one group side by side at equal size, with one zoom over all of them. */

import { h } from "../../lib/dom.js";
import { percent } from "../../lib/format.js";
import { address, release } from "../../lib/pictures.js";
import { figure } from "./photo.js";
import { faceOf, firstSpot, people, scaleOf, spotOf, under } from "./zoom.js";

const MOST = 8; // photos at once; a long burst is looked at in parts
const MOST_NARROW = 4;
const NARROW = 700; // px
const CLEAR = 220; // px of a picture's longer edge: rather than show them smaller, fewer are shown
const COLUMN = 170; // px, the least
const ABOUT = 150; // px of what is said below a picture
const LEAST = 150; // px of a picture's height, before the stage scrolls
const SMALL = 340; // px of a picture that needs no large one
const CLICK = 4; // px that a pointer may move in a click
const AHEAD = 6; // pictures of the next group that are fetched before they are needed

/**
 * @param {{model: object, decide: (photo: object, holds: number) => void, told: (text: string) => void}} options
 *   `told` hears what is zoomed at
 */
export function stage({ model, saved, decide, told, moved }) {
  const element = h("div", { class: "stage", role: "list", "aria-label": "Photos of the group" });
  let photos = [];
  let current = 0;
  let figures = new Map(); // index of the photo -> figure
  let zoom = null;
  let ahead = []; // keeps pictures that were fetched

  function draw() {
    release(element);
    watching.disconnect();
    watching.observe(element);
    const { most, columns } = arrange();
    const first = Math.floor(current / most) * most;
    const part = photos.slice(first, first + most);
    const large = element.clientWidth / columns > SMALL || devicePixelRatio > 1;
    const best = Math.max(...photos.map((photo) => photo.sharpness ?? 0));
    figures = new Map();
    part.forEach((photo, at) => {
      const sharpest = photos.length > 1 && photo.sharpness !== null && photo.sharpness === best;
      const one = figure(photo, { edge: large ? 1600 : 320, sharpest, decide: (holds) => (choose(first + at), decide(photo, holds)) });
      one.paint({ ...model.mark(photo.item), saved: saved(photo.item) });
      one.choose(first + at === current);
      listen(one, first + at);
      figures.set(first + at, one);
    });
    element.replaceChildren(...[...figures.values()].map((one) => one.element));
    for (const one of figures.values()) watching.observe(one.frame);
    lay();
  }

  /** How many photos are shown at once, and in how many columns they are largest. */
  function arrange() {
    const { clientWidth: width, clientHeight: height } = element;
    const shape = photos[0].width / photos[0].height;
    const narrow = width < NARROW;
    const room = Math.max(1, Math.floor(width / COLUMN));
    const tall = (count, columns) => Math.min(width / columns / shape, height / Math.ceil(count / columns) - ABOUT);
    const best = (count) => {
      const all = Array.from({ length: Math.min(count, room) }, (_, at) => at + 1);
      return all.reduce((one, other) => (tall(count, other) > tall(count, one) ? other : one));
    };
    let most = Math.min(narrow ? MOST_NARROW : MOST, photos.length);
    while (!narrow && most > 1 && tall(most, best(most)) * Math.max(1, shape) < CLEAR) most -= 1;
    const columns = narrow ? Math.min(most, room) : best(most);
    element.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    element.style.gridAutoRows = `minmax(${LEAST}px, 1fr) auto`;
    return { most, columns };
  }

  function lay() {
    for (const one of figures.values()) one.lay(zoom);
    if (photos.length) told(zoom ? about() : "");
  }

  function about() {
    const scale = percent(scaleOf(photos[current], zoom) * devicePixelRatio);
    const all = people(photos);
    return `${scale}, ${zoom.person === null ? "the same spot" : `face ${all.indexOf(zoom.person) + 1} of ${all.length}`}`;
  }

  /** Look at a person, else at where the best photo is sharpest. */
  function lookAt(person, times = zoom?.times ?? 1) {
    const there = person === null ? null : photos.find((photo) => faceOf(photo, person));
    const spot = there ? spotOf(there, { person }) : firstSpot(photos);
    zoom = { person: there ? person : null, spot, times, pan: { x: 0, y: 0 } };
  }

  function listen(one, index) {
    let from = null;
    one.element.addEventListener("focusin", () => choose(index, false));
    one.frame.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, pan: zoom && { ...zoom.pan }, dragged: false };
      one.frame.setPointerCapture(event.pointerId);
      choose(index);
    });
    one.frame.addEventListener("pointermove", (event) => {
      if (!from) return;
      const x = event.clientX - from.x;
      const y = event.clientY - from.y;
      from.dragged ||= Math.hypot(x, y) > CLICK;
      if (!zoom || !from.pan || !from.dragged) return;
      zoom.pan = { x: from.pan.x + x, y: from.pan.y + y };
      lay();
    });
    one.frame.addEventListener("dragstart", (event) => event.preventDefault()); // the photo is panned, not carried off
    one.frame.addEventListener("pointercancel", () => (from = null));
    one.frame.addEventListener("pointerup", (event) => {
      const clicked = from && !from.dragged;
      from = null;
      if (clicked) click(one, index, event);
    });
  }

  function click(one, index, event) {
    if (zoom) zoom = null;
    else {
      const edges = one.frame.getBoundingClientRect();
      const { spot, person } = under(one.size(), photos[index], null, { x: event.clientX - edges.left, y: event.clientY - edges.top });
      zoom = { person, spot, times: 1, pan: { x: 0, y: 0 } };
    }
    lay();
  }

  /** Make a photo the current one; those of another part are drawn where it is there. */
  function choose(index, focus = true) {
    if (index === current && figures.get(index)?.element.contains(document.activeElement)) return;
    const before = current;
    current = index;
    if (!figures.has(index)) draw();
    if (before !== index) figures.get(before)?.choose(false);
    const one = figures.get(index);
    one.choose(true);
    if (focus && !one.element.contains(document.activeElement)) one.element.focus({ preventScroll: true });
    if (before !== index) moved();
  }

  /** Fetch pictures before they are needed, once those in sight are there. */
  async function fetchAhead(next) {
    const here = [...element.querySelectorAll("img")].filter((image) => !image.complete || !image.src);
    await Promise.all(here.map((image) => new Promise((resolve) => ["load", "error"].forEach((end) => image.addEventListener(end, resolve)))));
    if (!element.isConnected) return;
    const urls = await Promise.all(next.slice(0, AHEAD).map((photo) => address(photo.uri, 1600))).catch(() => []);
    ahead = urls.map((url) => Object.assign(new Image(), { src: url }));
  }

  // Text below a picture may take a line more: then the frames have less room, and the photos lie elsewhere in them.
  let shape = "";
  const watching = new ResizeObserver(() => {
    const now = `${element.clientWidth} ${element.clientHeight}`;
    const resized = now !== shape;
    shape = now;
    if (!photos.length) return;
    if (resized) draw();
    else lay();
  });
  watching.observe(element);

  return {
    element,
    /** @param {Array} all photos of a group @param {number} index of the one to be chosen @param {boolean} focus */
    show(all, index = 0, focus = true) {
      photos = all;
      current = index;
      if (zoom) lookAt(people(photos)[0] ?? null);
      element.scrollTop = 0;
      draw();
      if (focus) figures.get(current)?.element.focus({ preventScroll: true });
    },
    clear() {
      photos = [];
      release(element);
      element.replaceChildren();
    },
    fetchAhead,
    photo: () => photos[current],
    all: () => photos,
    index: () => current,
    shown: () => figures.size,
    /** @returns {boolean} whether there was such a photo */
    move(step) {
      const index = current + step;
      if (index < 0 || index >= photos.length) return false;
      choose(index);
      figures.get(index).element.scrollIntoView({ block: "nearest" });
      return true;
    },
    paint(item) {
      for (const [index, one] of figures) if (photos[index].item === item) one.paint({ ...model.mark(item), saved: saved(item) });
    },
    zoomed: () => zoom !== null,
    toggle() {
      if (zoom) zoom = null;
      else lookAt(people(photos)[0] ?? null, 1);
      lay();
    },
    nextFace() {
      const all = people(photos);
      if (!all.length) return false;
      lookAt(zoom && zoom.person !== null ? all[(all.indexOf(zoom.person) + 1) % all.length] : all[0]);
      lay();
      return true;
    },
    pan(x, y) {
      if (!zoom) return false;
      zoom.pan = { x: zoom.pan.x + x, y: zoom.pan.y + y };
      lay();
      return true;
    },
    scale(by) {
      if (!zoom) return false;
      const times = Math.min(4, Math.max(0.25, zoom.times * by));
      const grown = times / zoom.times;
      zoom = { ...zoom, times, pan: { x: zoom.pan.x * grown, y: zoom.pan.y * grown } };
      lay();
      return true;
    },
    destroy: () => (watching.disconnect(), release(element)),
  };
}
