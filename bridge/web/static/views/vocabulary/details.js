/** The chosen keyword: where it is, what else it is called, how many photos have it, and what can be changed. */

import { button, field, h, replace } from "../../lib/dom.js";
import { count } from "../../lib/format.js";

/**
 * @param {Record<"rename"|"add"|"move"|"remove", (node: object) => void> & {
 *   synonym: (node: object, kind: "add_synonym"|"remove_synonym", value: string) => void}} edits
 */
export function details(edits) {
  const element = h("section", { class: "panel details", "aria-labelledby": "details-title" });

  let path = null;

  /** What has the focus keeps it, and what is being typed stays. */
  function show(node) {
    const focused = element.contains(document.activeElement) ? called(document.activeElement) : null;
    const typed = node && path === node.path.join("|") ? (element.querySelector("input[name=synonym]")?.value ?? "") : "";
    path = node?.path.join("|") ?? null;
    draw(node);
    const input = element.querySelector("input[name=synonym]");
    if (input) input.value = typed;
    if (focused) ([...element.querySelectorAll("a, button, input")].find((one) => called(one) === focused && !one.disabled) ?? input)?.focus();
  }

  function draw(node) {
    if (!node?.info) {
      return replace(element, h("h2", { id: "details-title" }, "No keyword is chosen"), h("p", { class: "hint" }, "Choose one in the tree to see and change it."));
    }
    const { path, info } = node;
    const act = (name, label, props) => button(label, () => edits[name](node), props);
    return replace(
      element,
      h("p", { class: "hint crumbs" }, path.length > 1 ? path.slice(0, -1).join(" › ") : "Top level"),
      h("h2", { id: "details-title" }, path.at(-1)),
      h("p", null, photos(path, info.photos)),
      info.export ? null : h("p", { class: "hint" }, "It only holds others together: it is never written as a keyword."),
      synonyms(node),
      info.languages.length ? h("p", null, "In other languages: ", info.languages.map(([code, name]) => `${name} (${code})`).join(", ")) : null,
      h(
        "div",
        { class: "row actions" },
        act("add", "Add below"),
        act("rename", "Rename"),
        act("move", "Move"),
        act("remove", "Remove", info.children ? { disabled: true, title: "It has keywords below it: remove or move those first" } : { class: "danger" }),
      ),
      info.children ? h("p", { class: "hint" }, count(info.children, "keyword"), " right below it.") : null,
      h("p", { class: "hint" }, "A change here touches no photo: later runs go by it."),
    );
  }

  function synonyms(node) {
    const { path, info } = node;
    const chips = info.synonyms.map((name) =>
      h("li", { class: "chip" }, name, button("×", () => edits.synonym(node, "remove_synonym", name), { class: "quiet", "aria-label": `Remove the synonym ${name}` })),
    );
    const input = h("input", { type: "text", name: "synonym", maxLength: 200, autocomplete: "off" });
    const submit = (event) => {
      event.preventDefault();
      const value = input.value.trim();
      input.value = "";
      if (value) edits.synonym(node, "add_synonym", value);
    };
    return h(
      "div",
      { class: "synonyms" },
      h("h3", { id: "synonyms-title" }, "Also called"),
      chips.length ? h("ul", { class: "chips", "aria-labelledby": "synonyms-title" }, ...chips) : h("p", { class: "hint" }, "What a model may call it as well: it is then written as ", h("b", null, path.at(-1)), "."),
      h("form", { class: "row", on: { submit } }, field("Another word for it", input), h("button", { type: "submit" }, "Add")),
    );
  }

  show(null);
  return { element, show, focus: () => element.querySelector("input[name=synonym]")?.focus() };
}

const called = (control) => control.name || control.getAttribute("aria-label") || control.textContent;

function photos(path, number) {
  if (!number) return "No photo of the library has it yet.";
  const query = new URLSearchParams({ f: `keyword=${path.join("|")}` });
  return h("a", { href: `#/search?${query}` }, `${count(number, "photo")} with it`);
}
