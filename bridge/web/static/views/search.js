/** Search: say what photos show, see them, give them a keyword. */

import { choosing } from "../lib/choosing.js";
import { button, h, replace } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { grid } from "../lib/grid.js";
import { keys } from "../lib/keys.js";
import { settled } from "../lib/pausing.js";
import { photoAddress } from "../lib/places.js";
import { call } from "../lib/rpc.js";
import { fail, tell } from "../lib/tell.js";
import { answers } from "./search/answers.js";
import { chips } from "./search/chips.js";
import { filters } from "./search/filters.js";
import { giveKeyword } from "./search/keywording.js";
import { library } from "./search/library.js";
import { address, asked, isEmpty } from "./search/question.js";
import { blank, tile } from "./search/tile.js";

export const title = "Search";

const TYPING = 250; // ms after the last letter
const SCROLLING = 300;
const MOST = 10_000; // photos that get a keyword at once: what photos.keyword takes
const KEPT = 600; // tiles that are kept as they are for scrolling back

export async function show(main, route) {
  const { signal } = route;
  const kinds = await call("search.filters", {}, { signal });
  let question = asked(route.query);
  let latest = null; // the answer that is shown
  let top = Number(route.query.get("at")) || 0;
  let here = location.hash;
  let typed = false; // whether the address is of letters that go on being typed
  const tiles = new Map();

  // -- what is on the screen

  const text = h("input", { type: "search", name: "q", placeholder: "What do the photos show?", "aria-label": "What the photos show", spellcheck: false, autocomplete: "off" });
  const running = h("div", { class: "runs" });
  const said = h("p", { class: "said", role: "status" });
  const understood = h("div", null);
  const notes = h("div", { class: "notes" });
  const body = h("div", { class: "body" });
  const keyword = button("Keyword …", giveIt, { class: "main" });
  const clear = button("Clear", () => choice.clear());
  const chosen = h("p", null, "");
  const bar = h("div", { class: "chosen-row row middle" }, chosen, button("Choose all", all), clear, keyword);

  const found = answers({ signal, onPage, onFail });
  const choice = choosing({ id: (index) => found.photos[index]?.uri, count: () => found.photos.length, onChange: paintChoice });
  const panel = filters({ kinds, onChange: change, signal });
  const place = library({ signal, box: running, onIndexed: () => ask(top) });
  const tilesGrid = grid({ count: 0, minWidth: 190, height: 236, label: "Photos that were found", render, onRange });
  choice.attach(tilesGrid);
  signal.addEventListener("abort", () => tilesGrid.destroy(), { once: true });
  tilesGrid.element.addEventListener("dblclick", (event) => !event.target.closest("a, button, input") && event.target.closest(".tile") && openPhoto());

  const form = h("form", { class: "ask", role: "search", on: { submit: (event) => (event.preventDefault(), change(read, true)) } }, text, h("button", { type: "submit", class: "main" }, "Search"));
  main.append(form, running, h("div", { class: "sides" }, panel.element, h("div", { class: "results" }, h("div", { class: "line" }, said, h("span", { class: "spring" }), bar), understood, notes, body)));

  text.addEventListener("input", settled(() => change(read), TYPING, signal));

  // -- questions

  const read = (now) => (now.text.trim() === text.value.trim() ? now : { ...now, text: text.value, plain: now.plain.filter((phrase) => text.value.includes(phrase)) });

  /** Another question. `isWhole`: it was not typed letter by letter, so that Back leads to the one before. */
  function change(make, isWhole = make !== read) {
    const fresh = make(question);
    const target = address(fresh);
    if (fresh === question || target === address(question)) {
      if (isWhole) typed = false;
      return;
    }
    question = fresh;
    if (!isWhole && typed) history.replaceState(null, "", target);
    else history.pushState(null, "", target);
    here = location.hash;
    typed = !isWhole;
    top = 0;
    choice.clear();
    ask();
  }

  async function ask(least = 0) {
    latest = null;
    panel.show(question);
    replace(understood, chips(question, [], change));
    if (text.value.trim() !== question.text.trim()) text.value = question.text;
    if (isEmpty(question)) return welcome();
    main.setAttribute("aria-busy", "true");
    replace(said, "Searching …");
    await found.ask(question, least);
  }

  async function welcome() {
    found.ask(question);
    replace(said);
    replace(notes);
    bar.hidden = true;
    main.setAttribute("aria-busy", "false");
    try {
      const status = await call("index.status", {}, { signal });
      if (status.job && !running.children.length) place.watch(status.job);
      if (isEmpty(question)) replace(body, place.welcome(status));
    } catch (error) {
      fail(error);
    }
  }

  // -- answers

  function onPage(answer, isFirst) {
    latest = answer;
    if (isFirst) {
      tiles.clear();
      replace(understood, chips(question, answer.filters, change));
      replace(notes, place.lacking(answer));
    }
    main.setAttribute("aria-busy", "false");
    replace(said, found.photos.length ? summary(answer) : null);
    bar.hidden = !found.photos.length;
    if (!found.photos.length) return replace(body, nothing(answer));
    if (!tilesGrid.element.isConnected) replace(body, tilesGrid.element);
    const wanted = top; // drawing tells which tiles are in sight, and so changes it
    tilesGrid.refresh(found.photos.length);
    if (isFirst) tilesGrid.scrollTo(Math.min(wanted, found.photos.length - 1));
    paintChoice(choice.chosen);
  }

  function onFail(error) {
    main.setAttribute("aria-busy", "false");
    replace(said);
    replace(notes);
    bar.hidden = true;
    replace(body, h("div", { class: "empty", role: "alert" }, h("p", null, error.message), h("p", { class: "hint" }, error.hint ?? ""), button("Ask again", () => ask())));
  }

  function summary(answer) {
    const many = answer.total === 1 ? "1 picture" : `${answer.total.toLocaleString("en")} pictures`;
    const order = question.text || question.without || question.like ? "the surest first" : "the newest first";
    return h("span", null, `${many}, ${order} `, h("span", { class: "hint", title: answer.model_title }, `by ${answer.model}`));
  }

  function nothing(answer) {
    const phrases = answer.filters.filter((one) => one.phrase);
    const hint = phrases.length
      ? "No photo is known to be that. A filter that was understood can be taken as words: click it above."
      : "Say it in other words, or with fewer filters.";
    return h("div", { class: "empty" }, h("h2", null, "Nothing was found"), h("p", { class: "hint" }, hint));
  }

  function render(index) {
    const photo = found.photos[index];
    if (!photo) return blank();
    let kept = tiles.get(index);
    if (!kept) {
      const scored = Boolean(question.text || question.without || question.like);
      kept = tile(photo, { scored, similar: () => similar(photo) });
      if (tiles.size >= KEPT) tiles.delete(tiles.keys().next().value);
      tiles.set(index, kept);
    }
    return choice.dress(kept, index);
  }

  const remember = settled(() => {
    if (location.hash !== here) return; // Back was pressed just now: that entry is another question's
    history.replaceState(null, "", address(question, top));
    here = location.hash;
  }, SCROLLING, signal);

  function onRange(from, to) {
    if (to >= found.photos.length - tilesGrid.columns() * 4) found.more();
    if (!latest) return;
    top = from ? from + tilesGrid.columns() : 0;
    remember();
  }

  // -- what is done with photos

  const similar = (photo) => change(() => ({ text: "", without: "", like: photo.uri, filters: [], plain: [] }), true);
  const current = () => found.photos[tilesGrid.current()];
  const openPhoto = () => current() && route.go(photoAddress(current().uri));

  function paintChoice(set) {
    const many = set.size;
    replace(chosen, many ? `${many.toLocaleString("en")} chosen` : "");
    replace(keyword, many ? `Keyword ${count(many, "photo")} …` : "Keyword …");
    keyword.disabled = clear.disabled = !many;
  }

  async function all() {
    await found.more(MOST);
    const uris = found.photos.slice(0, MOST).map((photo) => photo.uri);
    choice.set(uris);
    if (found.hasMore() || found.photos.length > MOST) tell(`The first ${MOST.toLocaleString("en")} are chosen: a keyword goes to that many at once.`);
  }

  function giveIt() {
    const there = found.photos.filter((photo) => choice.chosen.has(photo.uri) && photo.there).map((photo) => photo.uri);
    if (there.length) giveKeyword([...new Set(there)], signal);
    else tell(choice.chosen.size ? "None of these photos is there now." : "Choose photos first: click them, or press Space.");
  }

  const inGrid = (act) => () => (document.activeElement?.closest(".tile") === document.activeElement ? act() : false);
  keys(signal, {
    "/": ["to the box", () => (text.focus(), text.select())],
    f: ["filters", () => panel.open()],
    " ": ["choose the photo, or not", inGrid(() => choice.toggleCurrent())],
    "Ctrl+a": ["choose all", () => (found.photos.length ? void all() : false)],
    Escape: ["choose none", () => choice.clear()],
    k: ["keyword what is chosen", giveIt],
    m: ["more like this photo", inGrid(() => current() && similar(current()))],
    Enter: ["about this photo", inGrid(openPhoto)],
    "Shift+ArrowRight": ["choose a stretch", () => false],
  });

  text.value = question.text;
  paintChoice(choice.chosen);
  await ask(top + 1);
  if (isEmpty(question)) text.focus();
}
