/** A field that finds a keyword of a list by typing: of its name, a synonym, or where it is. */

import { field, h, replace } from "../../lib/dom.js";
import { call } from "../../lib/rpc.js";

const SHOWN = 8;
const LEVELS = /\s*[|›>]\s*/;
let made = 0;

/**
 * @param {object} options
 * @param {string} options.label @param {string} [options.hint] @param {string} [options.placeholder]
 * @param {string} options.list name of the vocabulary
 * @param {(path: string[]) => void} [options.onPick] called when one was chosen
 * @param {boolean} [options.empties] the field is empty again once one was chosen
 * @returns {{element: HTMLElement, input: HTMLInputElement, path: () => string[]}} `path`: what was chosen, else what was
 *   typed, as levels; empty where nothing was
 */
export function placeField({ label, hint, placeholder = "", list, onPick = () => {}, empties = false }) {
  const id = `place-${++made}`;
  const options = h("ul", { role: "listbox", id, class: "options", hidden: true, "aria-label": "Keywords that fit" });
  const input = h("input", {
    ...{ type: "text", role: "combobox", autocomplete: "off", spellcheck: false, placeholder },
    ...{ "aria-controls": id, "aria-expanded": "false", "aria-autocomplete": "list" },
  });
  const element = h("div", { class: "place" }, field(label, input, hint), options);
  let found = [];
  let active = -1;
  let picked = null;
  let asking = new AbortController();
  let underway = false;
  let entered = false; // Enter came before the answer did: it means the first that fits

  async function ask() {
    picked = null;
    entered = false;
    asking.abort();
    asking = new AbortController();
    const text = input.value.replaceAll("›", "|");
    if (!text.trim()) return close();
    underway = true;
    try {
      ({ found } = await call("vocabulary.find", { name: list, text, limit: SHOWN }, { signal: asking.signal }));
      underway = false;
      active = found.length ? 0 : -1;
      if (entered && found.length) pick(0);
      else draw();
    } catch (error) {
      if (error.name !== "AbortError") close(); // whoever stores the answer tells that the daemon is gone
    }
  }

  function draw() {
    const items = found.map(({ node, said }, at) => {
      const above = node.path.slice(0, -1).join(" › ");
      const more = [said && `“${said}”`, above && `in ${above}`].filter(Boolean).join(", ");
      return h(
        "li",
        { role: "option", id: `${id}-${at}`, "aria-selected": String(at === active), on: { mousedown: (event) => (event.preventDefault(), pick(at)) } },
        h("span", { class: "name" }, node.path.at(-1)),
        more ? h("span", { class: "hint" }, more) : null,
      );
    });
    replace(options, ...items);
    options.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!options.hidden));
    if (active >= 0) input.setAttribute("aria-activedescendant", `${id}-${active}`);
    else input.removeAttribute("aria-activedescendant");
    options.children[active]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    asking.abort();
    underway = entered = false;
    found = [];
    active = -1;
    draw();
  }

  function pick(at) {
    picked = found[at].node.path;
    input.value = empties ? "" : picked.join(" › ");
    close();
    onPick(picked);
  }

  input.addEventListener("input", ask);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // these keys are the input method's
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) active = (active + step + found.length) % found.length;
    else if (event.key === "Enter" && underway) return (entered = true), event.preventDefault();
    else if (event.key === "Enter" && active >= 0) return pick(active), event.preventDefault();
    else if (event.key === "Escape" && found.length) return close(), event.preventDefault(), event.stopPropagation();
    else return;
    event.preventDefault();
    draw();
  });

  return { element, input, path: () => picked ?? input.value.split(LEVELS).map((level) => level.trim()).filter(Boolean) };
}
