/** Review: what a run would write, photo by photo, and what the person decides about it. */

import { button, h, replace } from "../lib/dom.js";
import { count, when } from "../lib/format.js";
import { grid } from "../lib/grid.js";
import { keys } from "../lib/keys.js";
import { pause } from "../lib/pausing.js";
import { call } from "../lib/rpc.js";
import { saver } from "../lib/settle.js";
import { fail, tell } from "../lib/tell.js";
import { applyDialog } from "./review/apply.js";
import { choose } from "./review/choose.js";
import { toggled } from "./review/chips.js";
import { detailPanel } from "./review/detail.js";
import { historyDialog } from "./review/history.js";
import { askMapping } from "./review/mapping.js";
import { PAGE, pages } from "./review/pages.js";
import { pending } from "./review/pending.js";
import { selection } from "./review/selection.js";
import { blank, tile } from "./review/tile.js";
import { wordsPanel } from "./review/words.js";

export const title = "Review";

const STATES = { "": "All", open: "Open", accepted: "Accepted", edited: "Changed", skipped: "Left out", failed: "Failed" };
const AT_WORK = 3000; // ms between two looks at a run that is not done yet

/** @param {HTMLElement} main @param {{parts: string[], query: URLSearchParams, signal: AbortSignal}} route */
export async function show(main, { parts, query, signal }) {
  if (!parts[0]) return choose(main, signal);
  let filter = { ...(query.get("state") ? { state: query.get("state") } : {}) };
  // The photos come first: to count a run of 50,000 takes a second or two, once.
  const first = await call("review.list", { job: parts[0], limit: PAGE, ...filter }, { signal });
  const { job } = first;
  let summary = first;
  const settle = saver();
  const painted = pending();
  const chosen = selection(redraw);
  let photos;
  let refreshing = null;
  let made = 0; // decisions, and how many of them are not stored yet
  let waiting = 0;

  const bar = h("div", { class: "row middle bar" });
  const heading = h("p", { class: "hint told" });
  const words = wordsPanel({ job, signal, reviewable, onShow: (word) => filterBy({ word }), decide: (decision) => decide(decision, { all: true }), onMap: (word) => map(word, 0) });
  const detail = detailPanel({ job, signal, reviewable, decide: (decision, item, forAll = true) => decide(decision, forAll ? scope(item) : { items: [item] }), selected: () => chosen.size(photos.total()), onMap: (word, item) => map(word, scopeSize(), item) });
  const tiles = grid({ count: 0, minWidth: 220, height: 340, label: "Photos of the run", render, onRange: (from, to) => photos?.want(from, to), onFocus: showDetail });
  const asides = h("div", { class: "asides" }, words.element, h("section", { class: "centre", "aria-label": "Photos" }, bar, tiles.element), detail.element);
  main.append(heading, asides);
  tiles.element.addEventListener("moved", ({ detail: { index, shift } }) => shift && chosen.extend(index, photos));
  signal.addEventListener("abort", tiles.destroy);

  function reviewable() {
    return summary.reviewable;
  }

  const current = () => photos.at(tiles.current());

  /** What a decision is for: the selection, or one photo: where one is, if no other is named. */
  function scope(item = current().item) {
    if (chosen.everything()) return Object.keys(filter).length ? { ...filter } : { all: true };
    const items = chosen.items();
    return { items: items.length ? items : [item] };
  }

  const scopeSize = () => chosen.size(photos.total()) || 1;

  // -- what is shown --------------------------------------------------------------------------------------------------

  function render(index) {
    const photo = photos.at(index);
    if (!photo) return blank();
    return tile(photo, {
      chosen: chosen.has(photo.item),
      onWord: (word) => decideOn(photo, index, toggled(word)),
      onClick: (event) => click(event, index, photo),
      onOpen: () => detail.edit("caption"),
    });
  }

  function click(event, index, photo) {
    if (event.shiftKey) chosen.extend(index, photos);
    else if (event.ctrlKey || event.metaKey) chosen.toggle(photo.item, index);
    else chosen.only(index);
    tiles.focus(index);
  }

  /** A word was pressed in a tile: it is meant for the selection where the photo is part of it. */
  function decideOn(photo, index, decision) {
    if (!reviewable()) return tell(summary.why);
    tiles.focus(index);
    return decide(decision, chosen.has(photo.item) ? scope() : { items: [photo.item] });
  }

  function showDetail() {
    detail.show(current() ?? null);
  }

  function redraw() {
    const [from, to] = tiles.range();
    for (let index = from; index < to; index++) tiles.update(index);
    showBar();
  }

  async function load(first) {
    photos = pages(job, filter, signal, arrived, fail, first);
    await photos.first();
    tiles.refresh(photos.total());
    showDetail();
    showBar();
  }

  function arrived(from, to) {
    for (let index = from; index < to; index++) tiles.update(index);
    if (tiles.current() >= from && tiles.current() < to) showDetail();
  }

  async function filterBy(change) {
    filter = Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value));
    chosen.clear();
    tiles.scrollTo(0);
    await load().catch(fail);
  }

  function showBar() {
    const counted = summary !== first;
    const numbers = counted && { "": summary.photos + summary.failed + summary.passed_over, open: summary.open, accepted: summary.accepted, edited: summary.edited, skipped: summary.skipped, failed: summary.failed };
    const tabs = Object.entries(STATES)
      .filter(([state]) => !state || numbers[state] || filter.state === state)
      .map(([state, label]) =>
        button(counted ? `${label} ${numbers[state].toLocaleString("en")}` : label, () => filterBy({ state }), { "aria-pressed": String((filter.state ?? "") === state), dataset: { focus: `state ${state}` } }),
      );
    const marked = chosen.size(photos?.total() ?? 0);
    const focused = bar.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    replace(
      bar,
      h("div", { class: "tabs row", role: "group", "aria-label": "Which photos" }, tabs),
      filter.word ? button(`“${filter.word.split("|").join(" › ")}” ×`, () => (words.clear(), filterBy({ word: null })), { class: "quiet", "aria-label": "Show all words again" }) : null,
      h("span", { class: "hint", role: "status" }, marked ? `${count(marked, "photo")} selected` : ""),
      h("span", { class: "spring" }),
      reviewable() ? button("Undo", undo, { disabled: counted && !summary.decisions, dataset: { focus: "undo" } }) : null,
      reviewable() ? button("History", history, { class: "quiet", dataset: { focus: "history" } }) : null,
      reviewable() ? button("Write …", apply, { class: "main", dataset: { focus: "apply" } }) : null,
    );
    if (focused !== null && focused !== undefined) bar.querySelector(`[data-focus="${focused}"]`)?.focus();
    const applied = summary.applied?.[0];
    const wrote = applied ? `Written ${when(applied.created)}: ${count(applied.photos, "photo")}.` : "";
    replace(heading, [summary.model, summary.run_state === "open" ? "still at work" : "", summary.reviewable ? "nothing is written yet" : summary.why].filter(Boolean).join(" · "), wrote ? h("span", null, ` ${wrote} `, h("a", { href: "#/jobs" }, "Undo it under Runs")) : null);
  }

  // -- decisions ------------------------------------------------------------------------------------------------------

  /** Paint a decision, store it, and take over what the daemon makes of it. */
  async function decide(decision, meant) {
    if (!reviewable()) return tell(summary.why);
    const items = meant.items && new Set(meant.items);
    const concerned = [...photos.all()].filter((photo) => (items ? items.has(photo.item) : true) && photo.status === "done");
    const shown = () => {
      for (const photo of concerned) tiles.update(photos.find(photo.item));
      showDetail();
    };
    made += 1;
    waiting += 1;
    const answer = await settle({
      paint: () => (painted.add(concerned, decision), shown()),
      send: () => call("review.decide", { job, ...decision, scope: meant }),
      back: () => (painted.settle(concerned, decision, false), shown()),
      mark: tiles.element,
    });
    waiting -= 1;
    if (!answer) return null;
    painted.settle(concerned, decision, true);
    tiles.element.dataset.action = answer.action;
    if (answer.photos > 1) tell(answer.told, { undo: () => undone(answer.action) });
    return refresh();
  }

  /** Take a decision back, or the last one: of all that are on their way as well. @returns {Promise<boolean>} */
  async function undone(action) {
    waiting += 1;
    const send = () => call("review.undo", { job, ...(action === undefined ? {} : { action }) });
    const said = await settle({ paint() {}, send, back() {} });
    waiting -= 1;
    if (said) tell(`Taken back: ${said.told}`);
    await refresh();
    return Boolean(said);
  }

  const undo = () => undone();
  const history = () => historyDialog(job, signal, undone).catch(fail);

  /** Ask what holds now. Decisions in quick succession are followed by one answer. */
  function refresh() {
    refreshing ??= (async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      refreshing = null;
      if (waiting) return; // who decides next asks again
      const then = made;
      try {
        summary = await call("review.summary", { job }, { signal });
        const total = photos.total();
        // What was decided meanwhile is on the screen already, and not in this answer.
        if (!(await photos.refresh(tiles.range(), () => made === then))) return;
        if (photos.total() !== total) tiles.refresh(photos.total());
        redraw();
        showDetail();
        words.refresh();
      } catch (error) {
        fail(error);
      }
    })();
    return refreshing;
  }

  async function map(word, selected, item) {
    const said = await askMapping(job, word, selected, signal);
    if (said) await decide({ kind: "map", word, value: said.value }, said.whole ? { all: true } : scope(item));
  }

  const apply = () => applyDialog(job, signal, refresh).catch(fail);

  // -- keys -----------------------------------------------------------------------------------------------------------

  const onPhoto = (make) => () => current() && decide(make(current()), scope());
  const step = (by) => () => tiles.focus(tiles.current() + by);
  const nth = (place) => () => {
    const word = current()?.words[place - 1];
    return word ? decide(toggled(word), scope()) : false;
  };
  keys(signal, {
    j: ["next photo (or the arrow keys)", step(1)],
    k: ["photo before", step(-1)],
    a: ["accept, and on to the next", async () => (current() && decide({ kind: "accept" }, scope()), filter.state ? null : step(1)())],
    x: ["leave out, and on to the next", async () => (current() && decide({ kind: "skip" }, scope()), filter.state ? null : step(1)())],
    o: ["neither: open again", onPhoto(() => ({ kind: "reopen" }))],
    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((place) => [String(place), [place === 1 ? "write the first keyword, or not (1 to 9)" : "", nth(place)]])),
    n: ["add a keyword", () => detail.edit("add")],
    e: ["edit the caption", () => detail.edit("caption")],
    t: ["edit the title", () => detail.edit("title")],
    w: ["to the words of the run", () => words.focus()],
    " ": ["select, or not", () => (document.activeElement.matches("button, a, summary") ? false : current() && chosen.toggle(current().item, tiles.current()))],
    "Ctrl+a": ["select all that are shown", () => chosen.all()],
    Escape: ["select none", () => (chosen.clear(), tiles.focus(tiles.current()))],
    "Ctrl+z": ["take the last decision back", undo],
    h: ["everything that was decided, to take any of it back", history],
    "Shift+W": ["write …", apply],
  });
  detail.element.addEventListener("edited", () => tiles.focus(tiles.current()));
  // What was typed may have held the panel at a photo that is no longer the current one.
  detail.element.addEventListener("focusout", ({ relatedTarget }) => !detail.element.contains(relatedTarget) && detail.item() !== current()?.item && showDetail());

  await load(first);
  tiles.focus(0);
  tally().then(watch).catch(fail);

  async function tally() {
    summary = await call("review.summary", { job }, { signal });
    showBar();
    words.refresh();
  }

  /** A run that is still at work has more photos to show from time to time. */
  async function watch() {
    while (summary.run_state === "open") {
      await pause(AT_WORK, signal);
      await refresh();
    }
  }
}
