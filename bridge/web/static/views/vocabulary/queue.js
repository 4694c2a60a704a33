/** Words that models said and the list lacks: taken in at a place, or refused, one after another by key. */

import { button, h, replace } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { picture, release } from "../../lib/pictures.js";

const SHOWN = 60;
const EXAMPLES = 3;

/**
 * @param {object} options
 * @param {(params: object) => Promise<object>} options.load vocabulary.queue
 * @param {(word: object) => void} options.accept @param {(word: object) => void} options.refuse
 */
export function queue({ load, accept, refuse }) {
  const list = h("ol", { class: "waiting-words", "aria-labelledby": "queue-title" });
  const title = h("h2", { id: "queue-title" }, "New words");
  const hint = h("p", { class: "hint" });
  const element = h("section", { class: "panel queue", "aria-labelledby": "queue-title" }, title, hint, list);
  let words = [];
  let total = 0;
  let current = 0;

  async function reload() {
    const told = await load({ limit: SHOWN, examples: EXAMPLES });
    const chosen = words[current]?.word;
    ({ words, total } = told);
    const again = words.findIndex((word) => word.word === chosen);
    draw(again >= 0 ? again : current);
  }

  function draw(at = current, focus = list.contains(document.activeElement)) {
    current = Math.max(0, Math.min(at, words.length - 1));
    replace(title, words.length ? `New words (${total.toLocaleString("en")})` : "New words");
    replace(hint, ...(words.length ? more() : empty()));
    release(list);
    replace(list, ...words.map(item));
    if (focus) (list.children[current] ?? title).focus();
  }

  function more() {
    const said = total > words.length ? `The ${words.length} most frequent words that` : "What";
    return [said, " models said and the list has no keyword for. ", h("kbd", null, "A"), " takes one in, ", h("kbd", null, "R"), " refuses it."];
  }

  function item(word, at) {
    const here = at === current ? 0 : -1;
    const examples = word.examples.map((uri) =>
      h("a", { href: `#/photo?${new URLSearchParams({ uri })}`, tabIndex: here, "aria-label": `A photo with ${word.word}` }, picture(uri)),
    );
    return h(
      "li",
      { class: "word", tabIndex: here, "aria-label": `${word.word}, ${count(word.photos, "photo")}`, on: { focusin: () => settle(at) } },
      h("div", { class: "said" }, h("b", null, word.word), h("span", { class: "hint" }, count(word.photos, "photo"))),
      h("div", { class: "examples" }, ...examples),
      h(
        "div",
        { class: "row" },
        button("Take in …", () => accept(word), { tabIndex: here, "aria-label": `Take in ${word.word}` }),
        button("Refuse", () => refuse(word), { tabIndex: here, "aria-label": `Refuse ${word.word}` }),
      ),
    );
  }

  function settle(at) {
    if (at === current) return;
    for (const [place, number] of [[current, -1], [at, 0]]) {
      const row = list.children[place];
      for (const one of row ? [row, ...row.querySelectorAll("a, button")] : []) one.tabIndex = number;
    }
    current = at;
  }

  /** Move the focus; from elsewhere to where it was. */
  function move(step) {
    const within = list.contains(document.activeElement);
    const row = list.children[within ? Math.max(0, Math.min(current + step, words.length - 1)) : current];
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  }

  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    move(step);
  });

  title.tabIndex = -1;
  return {
    element,
    reload,
    move,
    /** The word that has the focus, or null. */
    chosen: () => (list.contains(document.activeElement) ? words[current] : null),
    /** Take a word from the screen. */
    take(word) {
      const at = words.findIndex((one) => one.word === word.word);
      if (at < 0) return;
      words.splice(at, 1);
      total -= 1;
      draw(at, list.contains(document.activeElement) || document.activeElement === document.body);
    },
  };
}

function empty() {
  return ["No word waits. A run with ", h("i", null, "Words that the list lacks: wait for me"), " (--vocab-policy suggest) puts here what models say and the list has no keyword for."];
}
