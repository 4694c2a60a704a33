/** Judging a sample: one photo large, what every model said of it, marks by key, and the figures as they grow. */

import { button, h, replace } from "../../lib/dom.js";
import { fileName } from "../../lib/format.js";
import { keys } from "../../lib/keys.js";
import { picture } from "../../lib/pictures.js";
import { call } from "../../lib/rpc.js";
import { tell } from "../../lib/tell.js";
import { showFigures } from "./figures.js";
import { isJudged, kept, marks } from "./marks.js";
import { pathOf } from "../../lib/places.js";
import { runOnAll } from "./run.js";
import { sheet } from "./sheet.js";
import { strip } from "./strip.js";
import { calm, watchRuns } from "./watch.js";

const PAGE = 1000;
const REST = 1500; // ms between two looks at what the models have said meanwhile
const OPTIONS = { blind: "Hide who said it", columns: "Compare in columns" };

/** @param {Element} main @param {string} id of the audit, or last @param {object} route */
export async function judge(main, id, route) {
  const { signal } = route;
  const audit = await call("audit.show", { audit: id }, { signal });
  const photos = await load(audit.audit, signal);
  const models = Object.keys(audit.runs);
  const runs = new Map(); // model -> its run, while it is under way
  const options = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, route.query.has(name)]));
  let at = 0;

  const large = h("div", { class: "large" });
  const about = h("p", { class: "about" });
  const figures = h("aside", { class: "figures", "aria-label": "Figures" });
  const tally = calm(async () => {
    const told = await call("audit.figures", { audit: audit.audit }, { signal });
    showFigures(figures, told, { runs, run: (model) => runOnAll(audit, model, route) });
  });
  const said = marks(audit.audit, paint, tally);
  const words = sheet(models, options, said, runs);
  const film = strip(photos, open);
  const undoing = button("Undo", undo, { title: "Ctrl+Z", disabled: true });
  const input = h("input", { type: "text", id: "missing-word", autocomplete: "off", on: { keydown: (event) => event.key === "Escape" && !event.isComposing && words.back() } });

  function open(index) {
    if (index < 0 || index >= photos.length) return;
    at = index;
    const photo = photos[at];
    replace(large, picture(photo.uri, { edge: 1600, alt: fileName(photo.path) }));
    replace(about, h("strong", null, `${at + 1} of ${photos.length}`), ` ${fileName(photo.path)} `, h("span", { class: "quiet" }, photo.stratum));
    about.title = photo.path;
    film.show(at);
    words.open(photo);
    if (at + 1 < photos.length) picture(photos[at + 1].uri, { edge: 1600 }); // so that it is here when it is wanted
  }

  function paint(photo) {
    film.paint(photo);
    undoing.disabled = !said.undoable;
    if (photo === photos[at]) words.paint();
  }

  function undo() {
    const photo = said.undo();
    if (photo && photo !== photos[at]) open(photos.indexOf(photo));
  }

  function addMissing(event) {
    event.preventDefault();
    const word = input.value.trim().replaceAll(/\s*[›>|]\s*/g, "|");
    input.value = "";
    if (word) words.missing(word);
  }

  function nextOpen() {
    const order = photos.map((_, step) => (at + 1 + step) % photos.length);
    const found = order.find((index) => photos[index].answered.length && !isJudged(photos[index]));
    if (found === undefined) tell("Every photo that a model has looked at is judged.");
    else open(found);
  }

  function option(name) {
    const change = () => {
      options[name] = box.checked;
      const on = Object.keys(OPTIONS).filter((one) => options[one]);
      history.replaceState(null, "", `#/audit/${id}${on.length ? `?${on.map((one) => `${one}=1`).join("&")}` : ""}`);
      words.build();
    };
    const box = h("input", { type: "checkbox", checked: options[name], on: { change } });
    return h("label", { class: "tick" }, box, OPTIONS[name]);
  }

  replace(
    main,
    h("div", { class: "row middle head" }, h("h1", null, `Audit of ${audit.uris.map(pathOf).join(", ")}`), h("a", { href: "#/audit" }, "All audits")),
    h(
      "div",
      { class: "judging" },
      h("section", { class: "seen", "aria-label": "Photo" }, large, about),
      h(
        "section",
        { class: "said", "aria-label": "What was said" },
        models.length > 1 ? h("div", { class: "row" }, Object.keys(OPTIONS).map(option)) : null,
        words.element,
        h("form", { class: "row", on: { submit: addMissing } }, h("label", { htmlFor: input.id }, "Missing word"), input, h("button", { type: "submit" }, "Add")),
        h("div", { class: "row" }, button("The rest is right", words.allRight, { title: "A" }), button("Next photo", () => open(at + 1), { title: "Enter", class: "main" }), undoing),
      ),
      figures,
    ),
    film.element,
  );
  bind(signal, words, { open: (by) => open(at + by), nextOpen, undo, type: () => input.focus() });

  const refresh = calm(async () => {
    const before = said.count;
    const fresh = await load(audit.audit, signal);
    if (document.body.dataset.saving === "true" || said.count !== before) return void refresh(); // what was said meanwhile is newer
    photos.forEach((photo, index) => Object.assign(photo, fresh[index], { looked: photo.looked || fresh[index].looked }));
    photos.forEach(paint);
    await tally();
  }, REST);

  open(Math.max(0, photos.findIndex((photo) => !isJudged(photo))));
  await tally();
  watchRuns(audit.runs, runs, signal, refresh);
}

function bind(signal, words, { open, nextOpen, undo, type }) {
  // A button that has the focus is pressed by these keys, as everywhere.
  const unlessButton = (act) => (event) => (event.target.closest?.("button, a, summary") ? false : act());
  const numbers = Array.from({ length: 9 }, (_, place) => [String(place + 1), [`to word ${place + 1}`, () => words.go(place)]]);
  keys(signal, {
    j: ["next word", () => words.step(1)],
    k: ["word before", () => words.step(-1)],
    ArrowDown: ["next word", () => words.step(1)],
    ArrowUp: ["word before", () => words.step(-1)],
    ...Object.fromEntries(numbers),
    r: ["right, and on to the next", () => words.say(true)],
    w: ["wrong, and on to the next", () => words.say(false)],
    " ": ["right and wrong in turn", unlessButton(words.toggle)],
    x: ["take the mark away", () => words.mark(null)],
    c: ["the caption: right and wrong in turn", words.caption],
    m: ["type a word that is missing", type],
    a: ["the rest is right", words.allRight],
    Enter: ["next photo", unlessButton(() => open(1))],
    ArrowRight: ["next photo", () => open(1)],
    ArrowLeft: ["photo before", () => open(-1)],
    n: ["next photo that is not judged", nextOpen],
    "Ctrl+z": ["take back the last mark", undo],
  });
}

/** All photos of a sample. */
async function load(audit, signal) {
  const photos = [];
  for (;;) {
    const told = await call("audit.photos", { audit, after: photos.length, limit: PAGE }, { signal });
    photos.push(...told.photos.map(kept));
    if (told.next >= told.total) return photos;
  }
}
