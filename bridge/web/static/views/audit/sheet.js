/** What was said of the photo that is open: a row for each thing, one of them the current one, marked by key or click. */

import { h, replace } from "../../lib/dom.js";
import { tell } from "../../lib/tell.js";
import { verdict } from "./marks.js";
import { row } from "./row.js";
import { indexOf, remaining, same, things } from "./things.js";

/**
 * @param {Array<string>} models of the audit @param {{blind: boolean, columns: boolean}} options read anew each time
 * @param {object} said the marks (marks.js) @param {Map<string, object>} runs of models that are still at work
 */
export function sheet(models, options, said, runs) {
  const element = h("ul", { class: "things", role: "list" });
  let photo = null;
  let rows = [];
  let current = 0;

  function build() {
    const columns = options.columns && !options.blind && models.length > 1;
    element.style.setProperty("--models", String(models.length));
    element.classList.toggle("columns", columns);
    rows = things(photo, options.blind).map((thing, at) =>
      row(photo, thing, at + 1, { models, columns, blind: options.blind, choose: () => choose(at), mark: (right) => mark(right, at) }),
    );
    replace(element, columns ? heads(models) : null, rows.map((one) => one.element), waits());
    choose(Math.min(current, rows.length - 1));
  }

  function waits() {
    const left = models.filter((model) => !photo.answered.includes(model));
    const text = left.some((model) => runs.has(model)) ? "has yet to look at this photo" : "said nothing of this photo";
    return left.length ? h("li", { class: "hint" }, `${left.join(", ")} ${text}.`) : null;
  }

  function choose(at) {
    current = Math.max(0, at);
    rows.forEach((one, place) => {
      one.element.tabIndex = place === current ? 0 : -1;
      one.element.toggleAttribute("data-current", place === current);
    });
  }

  function go(at) {
    if (at < 0 || at >= rows.length) return;
    choose(at);
    rows[at].element.focus({ preventScroll: true });
    rows[at].element.scrollIntoView({ block: "nearest" });
  }

  function mark(right, at = current) {
    const { thing, element: line } = rows[at] ?? {};
    if (!thing) return;
    const answer = right === false && (thing.kind === "missing" || thing.kind === "photo") ? null : right;
    if (verdict(photo, thing.kind, thing.value) !== answer) said.mark(photo, [{ kind: thing.kind, value: thing.value, right: answer }], line);
  }

  function toggle() {
    const { thing } = rows[current] ?? {};
    if (thing) mark(verdict(photo, thing.kind, thing.value) !== true);
  }

  return {
    element,
    open(shown) {
      photo = shown;
      current = 0;
      build();
      go(Math.max(0, rows.findIndex(({ thing }) => verdict(photo, thing.kind, thing.value) === null)));
    },
    /** Show what is said of it by now. */
    paint() {
      if (same(things(photo, options.blind), rows.map(({ thing }) => thing))) return rows.forEach((one) => one.paint());
      const focused = element.contains(document.activeElement);
      build();
      if (focused) go(current);
    },
    /** Build it anew: an option has changed. */
    build,
    go,
    step: (by) => go(current + by),
    back: () => go(current),
    mark,
    toggle,
    /** Mark the current one, and go on to the next. */
    say(right) {
      mark(right);
      go(current + 1);
    },
    /** The current caption, else the first that is not judged, turns. */
    caption() {
      const captions = [...rows.keys()].filter((at) => rows[at].thing.kind === "caption");
      const open = captions.find((at) => verdict(photo, "caption", rows[at].thing.value) === null);
      const at = captions.includes(current) ? current : (open ?? captions[0]);
      if (at === undefined) return;
      go(at);
      toggle();
    },
    allRight: () => said.mark(photo, remaining(photo), element),
    /** A word that nobody said, as it was typed. */
    missing(word) {
      const at = indexOf(rows.map(({ thing }) => thing), word);
      if (at >= 0) {
        tell(`${word} was said: it is marked right.`);
        mark(true, at);
      } else if (!photo.missing.includes(word)) said.mark(photo, [{ kind: "missing", value: word, right: true }], element);
    },
  };
}

function heads(models) {
  return h("li", { class: "thing heads", "aria-hidden": "true" }, h("span"), h("span"), models.map((model) => h("span", { class: "cell" }, model)), h("span"));
}
