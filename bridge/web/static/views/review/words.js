/** The words of the whole run: how often each is said, and one decision for all photos. */

import { button, h, replace } from "../../lib/dom.js";
import { count, keyword } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { ask, fail } from "../../lib/tell.js";

const MOST = 80; // rows: the page stays light, and who looks for another word types it

/**
 * @param {object} options
 * @param {string} options.job @param {AbortSignal} options.signal @param {() => boolean} options.reviewable
 * @param {(word: string|null) => void} options.onShow show the photos with that word alone
 * @param {(decision: object) => Promise<any>} options.decide for the whole run
 * @param {(word: string) => void} options.onMap
 */
export function wordsPanel({ job, signal, reviewable, onShow, decide, onMap }) {
  const list = h("ul", { class: "all-words" });
  const search = h("input", { type: "search", placeholder: "Find a word", "aria-label": "Find a word of this run" });
  const more = h("p", { class: "hint" });
  const element = h("aside", { class: "words panel", "aria-label": "Words of the whole run" }, h("h2", null, "Words of the run"), search, list, more);
  let shown = null;
  let asked = 0;
  search.addEventListener("input", refresh);

  async function refresh() {
    const mine = ++asked;
    try {
      const text = search.value.trim();
      const found = await call("review.words", { job, limit: MOST, ...(text ? { text } : {}) }, { signal });
      if (mine !== asked) return;
      const had = list.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
      replace(list, ...found.words.map(row));
      replace(more, found.total > found.words.length ? `${count(found.total, "word")} in all: find the others by typing.` : "");
      if (had) list.querySelector(`[data-focus="${CSS.escape(had)}"]`)?.focus();
    } catch (error) {
      fail(error);
    }
  }

  function row(word) {
    const gone = word.never || word.rejected === word.photos;
    const told = word.never ? "never" : gone ? "not written" : word.rejected ? `${word.rejected} refused` : "";
    const shows = button([h("span", { class: gone ? "gone" : "" }, keyword(word.value)), h("span", { class: "hint" }, ` ${word.photos.toLocaleString("en")}`)], () => show(word.value), {
      class: "quiet name",
      "aria-pressed": String(shown === word.value),
      "aria-label": `${keyword(word.value)}, ${count(word.photos, "photo")}${told ? `, ${told}` : ""}: show these photos`,
      dataset: { focus: `show ${word.value}` },
    });
    if (!reviewable()) return h("li", null, shows);
    const label = keyword(word.value);
    return h(
      "li",
      null,
      shows,
      h("span", { class: "hint told" }, told),
      h(
        "span",
        { class: "acts" },
        gone
          ? button("↺", () => decide({ kind: "restore", word: word.value }), act(`Write ${label} after all`, word))
          : button("✕", () => decide({ kind: "reject", word: word.value }), act(`Do not write ${label} in this run`, word)),
        button("→", () => onMap(word.value), act(`Say another word for ${label} in this run`, word)),
        word.never ? null : button("⊘", () => never(word.value), act(`Never write ${label}, in no later run either`, word)),
      ),
    );
  }

  const act = (label, word) => ({ class: "quiet act", "aria-label": label, title: label, dataset: { focus: `${label[0]} ${word.value}` } });

  async function never(value) {
    const label = keyword(value);
    if (await ask(`Never write “${label}”?`, { yes: "Never", detail: "Not in this run and in no later one, until you take the rule back under Vocabulary." })) {
      decide({ kind: "never", word: value });
    }
  }

  function show(value) {
    shown = shown === value ? null : value;
    onShow(shown);
    refresh();
  }

  return {
    element,
    refresh,
    focus: () => search.focus(),
    clear() {
      shown = null;
      refresh();
    },
  };
}
