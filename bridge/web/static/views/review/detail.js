/** One photo large: every word with its reason, the texts to edit, and what will be in which file. */

import { button, field, h, replace } from "../../lib/dom.js";
import { completing } from "../../lib/completing.js";
import { count, fileName, keyword } from "../../lib/format.js";
import { keepPictures, picture, release } from "../../lib/pictures.js";
import { photoAddress } from "../../lib/places.js";
import { call } from "../../lib/rpc.js";
import { chip, toggled } from "./chips.js";

const FIELDS = { title: "Title", caption: "Caption", alt_text: "Alt text" };
const SETTLED = 250; // ms: whoever goes on by key does not have each photo's files read

/**
 * @param {object} options
 * @param {string} options.job @param {AbortSignal} options.signal @param {() => boolean} options.reviewable
 * @param {(decision: object, item: number, forAll?: boolean) => Promise<any>} options.decide for the selection, where there
 *   is one and `forAll` is not false, else for the photo that is shown
 * @param {() => number} options.selected how many photos are selected
 * @param {(word: string, item: number) => void} options.onMap
 */
export function detailPanel({ job, signal, reviewable, decide, selected, onMap }) {
  const element = h("aside", { class: "detail panel", "aria-label": "The photo" });
  let photo = null;
  let asked = new AbortController();
  let timer = 0;
  signal.addEventListener("abort", () => (clearTimeout(timer), asked.abort()));

  function show(shown) {
    if (editing()) return; // what is being typed stays, and is for the photo that is seen beside it
    if (photo?.item !== shown?.item) element.scrollTop = 0;
    photo = shown;
    if (!photo) return draw([h("p", { class: "hint" }, "No photo.")]);
    const name = h("h2", null, fileName(photo.path));
    const where = h("p", { class: "hint path" }, photo.path);
    const files = h("details", { class: "files", open: true }, h("summary", null, "What will be in the files"), h("div", { class: "targets" }, h("p", { class: "hint" }, "Reading the files …")));
    draw([
      picture(photo.uri, { edge: 1600, alt: `Photo ${fileName(photo.path)}` }),
      name,
      where,
      reviewable() ? decisions() : null,
      photo.error ? [h("p", { class: "bad" }, photo.error.message), h("p", { class: "hint" }, photo.error.hint)] : [words(), ...photo.texts.map(text), files],
      ...photo.warnings.map((warning) => h("p", { class: "warn" }, warning)),
      h("p", null, h("a", { href: photoAddress(photo.uri) }, "Who wrote what in this photo")),
    ]);
    plan(files.querySelector(".targets"));
  }

  function draw(children) {
    const fresh = replace(h("div", null), ...children);
    keepPictures(element, fresh);
    release(element);
    element.replaceChildren(...fresh.childNodes);
  }

  const editing = () => element.contains(document.activeElement) && document.activeElement.matches("textarea, input");

  function decisions() {
    const { item } = photo;
    const pressed = (state) => ({ "aria-pressed": String(photo.decided === state), dataset: { focus: state } });
    return h(
      "div",
      { class: "row middle" },
      button("✓ Accept", () => decide({ kind: photo.decided === "accepted" ? "reopen" : "accept" }, item), pressed("accepted")),
      button("✕ Leave out", () => decide({ kind: photo.decided === "skipped" ? "reopen" : "skip" }, item), pressed("skipped")),
      selected() > 1 ? h("span", { class: "hint" }, `for ${count(selected(), "selected photo")}`) : null,
    );
  }

  function words() {
    const { item } = photo;
    const list = photo.words.map((word, place) => {
      const made = chip(word, place + 1, (one) => decide(toggled(one), item));
      made.tabIndex = 0;
      const why = [word.said ? `“${word.said}”` : "", word.why ?? (word.source ? `by ${word.source}` : "")].filter(Boolean).join(" · ");
      const other = reviewable() && word.state !== "there" ? button("→", () => onMap(word.value, item), { class: "quiet act", "aria-label": `Say another word for ${keyword(word.value)}`, title: "Say another word for it" }) : null;
      return h("li", null, place < 9 ? h("kbd", { "aria-hidden": "true" }, place + 1) : null, made, other, h("span", { class: "hint" }, why));
    });
    const others = photo.others.length ? h("p", { class: "hint" }, `There already, and stays: ${photo.others.map(keyword).join(", ")}`) : null;
    return h("div", { class: "stack" }, h("h3", null, "Keywords"), h("ul", { class: "word-list" }, list), others, reviewable() ? adding() : null);
  }

  function adding() {
    const { item } = photo;
    const input = h("input", { type: "text", dataset: { focus: "add" }, maxLength: 400 });
    const add = (event) => {
      event.preventDefault();
      const value = input.value.trim();
      if (!value) return;
      input.value = "";
      decide({ kind: "add", value }, item);
    };
    const complete = async (typed, now) => (typed.trim() ? (await call("review.complete", { job, text: typed.trim().slice(0, 200) }, { signal: now })).words.map((word) => word.value) : []);
    const form = h("form", { class: "row add", on: { submit: add } }, field("Add a keyword", input), h("button", { type: "submit" }, "Add"));
    completing(input, complete, signal);
    return form;
  }

  function text(one) {
    const { item } = photo;
    if (!reviewable() && !one.new && !one.old) return null;
    const written = ["proposed", "edited"].includes(one.state);
    const area = h("textarea", { rows: one.field === "title" ? 1 : 3, value: (written ? one.new : one.old) ?? "", readOnly: !reviewable(), dataset: { focus: one.field }, maxLength: 10000 });
    const hint = [
      one.old && one.old !== area.value ? `now: ${one.old}` : "",
      one.state === "kept" && one.new && one.new !== one.old ? `proposed: ${one.new}` : "",
      one.state === "rejected" ? `not written: ${one.said ?? one.new ?? ""}` : "",
      one.why ?? "",
    ];
    const before = area.value;
    const keep = () => {
      const value = area.value.trim();
      if (value === before.trim()) return;
      const old = one.old === null ? {} : { old: one.old };
      decide({ kind: "text", field: one.field, value, ...old }, item, false);
    };
    area.addEventListener("blur", keep);
    area.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // these keys are the input method's
      if (event.key === "Escape") area.value = before;
      if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey || one.field === "title"))) {
        event.preventDefault();
        event.stopPropagation();
        area.blur();
        element.dispatchEvent(new Event("edited"));
      }
    });
    const changed = ["edited", "rejected"].includes(one.state);
    const box = field(`${FIELDS[one.field]}${written ? (one.state === "edited" ? " – yours" : " – new") : one.old ? " – stays" : ""}`, area, hint.filter(Boolean).join(" · "));
    if (reviewable()) {
      const drop = written && one.state === "proposed" ? button("Write none", () => decide({ kind: "text", field: one.field, value: "" }, item, false), { class: "quiet", "aria-label": `Write no ${FIELDS[one.field].toLowerCase()}` }) : null;
      const back = changed ? button("As it was proposed", () => decide({ kind: "text_restore", field: one.field }, item, false), { class: "quiet" }) : null;
      if (drop || back) box.append(h("div", { class: "row" }, drop, back));
    }
    return box;
  }

  /** What the files will say, read now. */
  function plan(box) {
    clearTimeout(timer);
    asked.abort();
    asked = new AbortController();
    const { signal: now } = asked;
    const { item } = photo;
    timer = setTimeout(async () => {
      try {
        const shown = await call("review.show", { job, item }, { signal: now });
        if (!now.aborted) replace(box, ...planned(shown));
      } catch (error) {
        if (error.name !== "AbortError") replace(box, h("p", { class: "bad" }, error.message), h("p", { class: "hint" }, error.hint));
      }
    }, SETTLED);
  }

  return {
    element,
    show,
    /** Which photo is shown. */
    item: () => photo?.item,
    /** Put the cursor into a field of it: "caption", "add" … */
    edit(name) {
      const found = element.querySelector(`[data-focus="${name}"]`);
      found?.focus();
      if (found?.matches("textarea")) found.setSelectionRange(found.value.length, found.value.length);
      return Boolean(found);
    },
  };
}

function planned(shown) {
  if (shown.changed) return [h("p", { class: "warn" }, "Another picture is in this file by now: it will be passed over.")];
  if (!shown.targets.length) return [h("p", { class: "hint" }, "Nothing is to be written."), ...shown.warnings.map((one) => h("p", { class: "warn" }, one))];
  const files = shown.targets.map((target) =>
    h(
      "div",
      { class: "target" },
      h("p", { class: "path" }, fileName(target.path), target.made ? h("span", { class: "hint" }, " – a new file") : null),
      h("dl", null, target.lists.map(listed), target.texts.map(said)),
    ),
  );
  return [...files, ...shown.warnings.map((one) => h("p", { class: "warn" }, one))];
}

function listed(list) {
  const stays = list.after.filter((word) => !list.added.includes(word));
  const parts = [
    ...list.added.map((word) => h("ins", null, `+ ${word}`)),
    ...list.removed.map((word) => h("del", null, word)),
    stays.length ? h("span", { class: "hint" }, stays.join(", ")) : null,
  ];
  return [h("dt", { title: list.tag }, list.name), h("dd", null, parts)];
}

function said(text) {
  return [h("dt", { title: text.tag }, text.name), h("dd", null, text.before ? h("del", null, text.before) : null, text.after ? h("ins", null, text.after) : null)];
}
