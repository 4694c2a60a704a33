/** One run, group after group: what is chosen, what the keys do, and what the bar tells. */

import { button, h, replace } from "../../lib/dom.js";
import { count, fileName } from "../../lib/format.js";
import { grid } from "../../lib/grid.js";
import { keys } from "../../lib/keys.js";
import { picture } from "../../lib/pictures.js";
import { call } from "../../lib/rpc.js";
import { fail, tell } from "../../lib/tell.js";
import { decisions } from "./decisions.js";
import { flagsDialog } from "./flags.js";
import { HOLDS, SHOWS } from "./model.js";
import { stage as makeStage } from "./stage.js";

const STEP = 60; // px that a key pans
const KINDS = { duplicates: "Duplicates", moment: "Moment", bracket: "Exposure bracket", focus_stack: "Focus stack", panorama: "Panorama" };
const SHAPES = { picks: HOLDS[1].shape, rejects: HOLDS[-1].shape, undecided: HOLDS[0].shape };

/**
 * @param {HTMLElement} main @param {object} model @param {object} about `summary`, `presets`, `folder` of the run
 * @param {object} route
 */
export function desk(main, model, about, route) {
  let list = []; // stacks that are shown, as they were when the filter was chosen
  let at = 0; // the place in the list of the one that is looked at
  let turn = 0; // only the last of several steps is drawn

  const said = h("p", { class: "visually-hidden", role: "status" });
  const zoomed = h("span", { class: "zoomed-at" });
  const where = h("span", { class: "where" });
  const none = h("div", { class: "empty none", hidden: true });
  const saying = decisions(model, repaint);
  const stage = makeStage({
    model,
    saved: saying.saved,
    decide: (photo, holds) => say([[photo, holds]]),
    told: (text) => replace(zoomed, text),
    moved: () => position(),
  });
  const rail = grid({
    count: 0,
    minWidth: 130,
    height: 132,
    label: "Groups, then photos alone",
    render: (index) => railTile(model, list[index], index === at),
    onRange: (from, to) => known(from, to),
    onFocus: (index) => index !== at && look(index, 0, false),
  });
  rail.element.classList.add("rail");
  rail.element.addEventListener("click", (event) => {
    const tile = event.target.closest(".tile");
    if (tile) look(Number(tile.dataset.index));
  });
  const filters = Object.entries(SHOWS).map(([name, word]) => button(word, () => choose(name), { dataset: { show: name }, "aria-pressed": "false" }));
  const [bar, tools] = bars();
  main.classList.add("desk");
  main.querySelector("h1").classList.add("visually-hidden");
  main.append(bar, tools, rail.element, stage.element, none, said);
  route.signal.addEventListener("abort", () => (stage.destroy(), rail.destroy()));
  bind();
  choose("all");

  // -- what is looked at

  function choose(name) {
    filters.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.show === name)));
    list = model.shown(name);
    at = 0;
    rail.refresh(list.length);
    tally();
    none.hidden = list.length > 0;
    stage.element.hidden = list.length === 0;
    if (list.length) return look(0);
    replace(none, h("p", null, name === "all" ? "Nothing was measured." : `No photo of this run: ${SHOWS[name].toLowerCase()}.`));
    stage.clear();
    position();
    return undefined;
  }

  /** Look at a stack of the list. @param {number} index @param {number} photo within it @param {boolean} focus */
  async function look(index, photo = 0, focus = true) {
    if (index < 0 || index >= list.length) return;
    const before = at;
    const mine = ++turn;
    at = index;
    for (const one of [before, at]) rail.update(one);
    const [from, to] = rail.range();
    if (at < from || at >= to - 1) rail.scrollTo(Math.max(0, at - 1));
    if (!model.photos(list[at])) stage.clear(); // no key is for what is not looked at any more
    position();
    const next = list[at + 1];
    try {
      await model.details([list[at]]);
      if (mine !== turn || route.signal.aborted) return;
      const photos = model.photos(list[at]);
      stage.show(photos, Math.min(photo < 0 ? photos.length - 1 : photo, photos.length - 1), focus);
      position();
      if (next === undefined) return;
      await model.details([next]);
      if (mine === turn) stage.fetchAhead(model.photos(next));
    } catch (error) {
      fail(error);
    }
  }

  async function known(from, to) {
    const wanted = list.slice(from, to);
    try {
      await model.details(wanted);
      wanted.forEach((stack, index) => list[from + index] === stack && rail.update(from + index));
    } catch (error) {
      fail(error);
    }
  }

  function position() {
    const photos = stage.all();
    const kind = photos[0]?.group === null ? "Alone" : (KINDS[photos[0]?.kind] ?? "");
    const part = stage.shown() < photos.length ? `, ${stage.shown()} shown` : "";
    const place = photos.length > 1 ? `photo ${stage.index() + 1} of ${photos.length}${part}` : "";
    replace(where, list.length ? [`${(at + 1).toLocaleString("en")} of ${list.length.toLocaleString("en")}`, kind, place].filter(Boolean).join(" · ") : "");
  }

  // -- what is said

  function say(pairs) {
    saying.decide(pairs);
    const [[photo, holds]] = pairs;
    const others = pairs.length > 1 ? `, ${count(pairs.length - 1, "other")} rejected` : "";
    replace(said, `${fileName(photo.path)}: ${HOLDS[holds].done}${others}`);
  }

  function sayOfThis(holds) {
    return () => (stage.photo() ? say([[stage.photo(), holds]]) : false);
  }

  function pickThis() {
    const photo = stage.photo();
    if (!photo) return false;
    return say([[photo, 1], ...stage.all().filter((other) => other !== photo).map((other) => [other, -1])]);
  }

  async function undo() {
    const items = await saying.undo();
    if (!items.length) return;
    tell("Your last decision is taken back.");
    if (stage.all().some(({ item }) => items.includes(item))) return;
    const index = list.findIndex((stack) => model.items(stack).includes(items[0]));
    if (index >= 0) look(index, model.items(list[index]).indexOf(items[0]));
  }

  function repaint(items) {
    for (const item of items) stage.paint(item);
    const [from, to] = rail.range();
    for (let index = from; index < to; index += 1) if (model.items(list[index]).some((item) => items.includes(item))) rail.update(index);
    tally();
  }

  function tally() {
    for (const one of filters) {
      const name = one.dataset.show;
      replace(one, SHAPES[name] && h("span", { "aria-hidden": "true" }, SHAPES[name]), `${SHOWS[name]} ${model.counts[name].toLocaleString("en")}`);
    }
  }

  function nextOpen() {
    for (let step = 1; step <= list.length; step += 1) {
      const index = (at + step) % list.length;
      if (!model.open(list[index])) continue;
      const items = model.items(list[index]);
      return look(index, items.findIndex((item) => model.mark(item).holds === 0));
    }
    return tell("No group is undecided any more.");
  }

  // -- the bars and the keys

  function bars() {
    const { summary, presets, folder } = about;
    const preset = h("select", { "aria-label": "Preset" }, ...presets.map(({ name }) => h("option", { value: name, selected: name === summary.preset }, name)));
    preset.addEventListener("change", async () => {
      try {
        await call("cull.judge", { job: model.job, preset: preset.value, keep: summary.keep });
        route.go(`#/cull/${model.job}`);
      } catch (error) {
        fail(error);
      }
    });
    const first = h(
      "div",
      { class: "row middle head" },
      h("a", { href: "#/cull" }, "All culls"),
      h("strong", { class: "folder", title: folder ?? "" }, folder ? fileName(folder) || folder : "Photos"),
      preset,
      h("span", { class: "spring" }),
      zoomed,
      button("Undo", undo, { title: "Ctrl+Z" }),
      button("Write flags …", () => flagsDialog(model, route.signal), { class: "main" }),
    );
    const second = h(
      "div",
      { class: "row middle tools" },
      h("div", { class: "filters", role: "group", "aria-label": "Show" }, ...filters),
      h("span", { class: "spring" }),
      button("Zoom", () => stage.toggle(), { title: "Z" }),
      button("Next face", () => stage.nextFace() || tell("No face was found in these photos."), { title: "F" }),
      where,
      button("‹", () => look(at - 1), { "aria-label": "Group before" }),
      button("›", () => look(at + 1), { "aria-label": "Next group" }),
    );
    return [first, second];
  }

  function bind() {
    const free = (work) => (event) => (event.defaultPrevented ? false : work(event));
    const pan = (x, y) => () => stage.pan(x * STEP, y * STEP);
    keys(route.signal, {
      ArrowRight: ["next photo", free(() => stage.move(1) || look(at + 1))],
      ArrowLeft: ["photo before", free(() => stage.move(-1) || look(at - 1, -1))],
      ArrowDown: ["next group", free(() => look(at + 1))],
      ArrowUp: ["group before", free(() => look(at - 1))],
      Enter: ["next undecided group", (event) => (event.target.closest("a, button, summary") ? false : nextOpen())],
      p: ["pick", sayOfThis(1)],
      x: ["reject", sayOfThis(-1)],
      u: ["undecided", sayOfThis(0)],
      "Shift+P": ["pick this one, reject the others of the group", pickThis],
      "Ctrl+z": ["take the last decision back", undo],
      z: ["zoom: the same face, or spot, of all photos; pixel for pixel", () => stage.toggle()],
      Escape: ["no zoom", () => stage.zoomed() && stage.toggle()],
      f: ["next face", () => stage.nextFace()],
      "+": ["closer", () => stage.scale(2)],
      "-": ["farther", () => stage.scale(0.5)],
      "Shift+ArrowRight": ["pan all to the right", free(pan(-1, 0))],
      "Shift+ArrowLeft": ["pan all to the left", free(pan(1, 0))],
      "Shift+ArrowDown": ["pan all down", free(pan(0, -1))],
      "Shift+ArrowUp": ["pan all up", free(pan(0, 1))],
      w: ["write flags", () => void flagsDialog(model, route.signal)],
    });
  }
}

/** A stack in the list of them: its best photo, how many there are, and what holds of them. */
function railTile(model, stack, current) {
  const photos = model.photos(stack);
  const holds = model.items(stack).map((item) => model.mark(item).holds);
  const counted = [1, -1, 0].map((value) => [value, holds.filter((one) => one === value).length]).filter(([, number]) => number);
  const marks = counted.map(([value, number]) =>
    h("span", { class: `mark ${HOLDS[value].name}` }, HOLDS[value].shape, holds.length > 1 && number, h("span", { class: "visually-hidden" }, ` ${HOLDS[value].done} `)),
  );
  const name = photos?.length ? fileName(photos[0].path) : "";
  const shown = photos?.length ? picture(photos[0].uri, { edge: 320, alt: name }) : h("span", { class: "picture" });
  const size = holds.length > 1 ? count(holds.length, "photo") : "alone";
  return h(
    "div",
    { class: current ? "stack-tile selected" : "stack-tile", "aria-current": current ? "true" : null },
    shown,
    h("p", { class: "line" }, h("span", null, size), h("span", { class: "marks" }, ...marks)),
  );
}
