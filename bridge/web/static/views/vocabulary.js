/** Vocabulary: the photographer's own keyword tree, the words that wait to join it, and those that are never written. */

import { h, replace } from "../lib/dom.js";
import { keyword } from "../lib/format.js";
import { keys } from "../lib/keys.js";
import { call } from "../lib/rpc.js";
import { saver } from "../lib/settle.js";
import { fail, tell } from "../lib/tell.js";
import { changes } from "./vocabulary/changes.js";
import { details } from "./vocabulary/details.js";
import { askAdd, askMove, askPlace, askRename } from "./vocabulary/forms.js";
import { address, noLists, toolbar } from "./vocabulary/lists.js";
import { placeField } from "./vocabulary/place.js";
import { queue } from "./vocabulary/queue.js";
import { rules } from "./vocabulary/rules.js";
import { tree } from "./vocabulary/tree.js";

export const title = "Vocabulary";

/** @param {HTMLElement} main @param {object} route `#/vocabulary/NAME` */
export async function show(main, route) {
  const settle = saver();
  const lists = await call("vocabulary.list", {}, { signal: route.signal });
  const again = () => show(replace(main, h("h1", null, title)), route).catch(fail);
  const never = rules(settle);
  await never.reload();
  if (!lists.length) return main.append(noLists(route, again), h("div", { class: "empty" }, never.element));
  const asked = route.parts[0]?.toLowerCase();
  const list = lists.find((one) => one.name.toLowerCase() === asked) ?? (asked ? null : (lists.find((one) => one.active) ?? lists[0]));
  if (!list) {
    fail({ message: `There is no keyword list “${route.parts[0]}”.`, hint: "These are shown instead." });
    return route.go(address(lists[0].name));
  }
  main.append(toolbar(list, lists, route, again));
  return desk(main, route, list.name, settle, never);
}

async function desk(main, route, name, settle, never) {
  const options = { signal: route.signal };
  const edits = { rename, add: (node) => add(node.path), move, remove, synonym };
  const about = details(edits);
  const words = tree({ load: (params) => call("vocabulary.tree", { name, ...params }, options), onChoose: about.show, onError: fail });
  const waiting = queue({ load: (params) => call("vocabulary.queue", { name, ...params }, options), accept, refuse });
  const past = changes({ load: (params) => call("vocabulary.edits", { name, ...params }, options), undo });
  const search = placeField({ label: "Find a keyword", list: name, empties: true, onPick: (path) => words.reveal(path).catch(fail) });
  const top = h("div", { class: "row middle tree-head" }, search.element, h("button", { type: "button", on: { click: () => add([]) } }, "Add at the top"));
  const left = h("section", { class: "panel tree-panel", "aria-label": "The tree" }, top, words.element);
  main.append(h("div", { class: "words" }, left, about.element, h("div", { class: "beside" }, waiting.element, never.element, past.element)));
  route.signal.addEventListener("abort", words.destroy);

  // -- edits: painted, stored, then shown as the daemon has them ---------------------------------------------------

  async function edit(params, paint, focus = params.path) {
    const send = () => call("vocabulary.edit", { name, ...params });
    const told = await decide({ paint, send, back: () => words.reload(focus).catch(fail), mark: left });
    if (!told) return;
    tell(keyword(told.told), { undo: () => undo(told.edit) });
    await refresh(told.path);
  }

  /** After what is on its way, since that is what is taken back. */
  async function undo(id = null) {
    const told = await decide({ paint: () => {}, send: () => call("vocabulary.undo_edit", { name, edit: id }), back: () => {} });
    if (!told) return;
    tell(`Taken back: ${keyword(told.told)}`);
    await refresh(words.chosen()?.path);
  }

  let open = 0; // decisions that are painted and not stored yet

  async function decide(decision) {
    open += 1;
    const told = await settle(decision);
    open -= 1;
    return told;
  }

  /** As the daemon has it; not between two decisions, of which the second is on the screen already. */
  const refresh = async (path) => open || Promise.all([words.reload(path), waiting.reload(), past.reload()]).catch(fail);

  function rename(node) {
    askRename(node.path, (value) => edit({ kind: "rename", path: node.path, value }, () => (words.rename(node.path, value), about.show(node))));
  }

  function add(path) {
    askAdd(path, (value) => edit({ kind: "add", path, value }, () => words.add(path, value.split("|")[0])));
  }

  function move(node) {
    const { path } = node;
    askMove(name, path, (to) => edit({ kind: "move", path, to }, () => (words.remove(path), words.add(to, path.at(-1)))));
  }

  function remove({ path }) {
    edit({ kind: "remove", path }, () => words.remove(path), path);
  }

  function synonym(node, kind, value) {
    const there = node.info.synonyms;
    const after = kind === "add_synonym" ? [...there, value] : there.filter((one) => one !== value);
    const paint = () => {
      node.info = { ...node.info, synonyms: after };
      words.refresh();
      about.show(node);
    };
    edit({ kind, path: node.path, value }, paint);
  }

  // -- words that wait ---------------------------------------------------------------------------------------------

  function accept(word) {
    askPlace(name, word.word, async (path) => {
      const send = () => call("vocabulary.accept", { name, word: word.word, path });
      const told = await decide({ paint: () => waiting.take(word), send, back: () => waiting.reload().catch(fail), mark: waiting.element });
      if (!told) return;
      tell(`“${word.word}” was taken in as ${path.join(" › ")}`, { undo: () => undo(told.edit) });
      await refresh(path);
    });
  }

  async function refuse(word) {
    const send = () => call("vocabulary.refuse", { name, word: word.word });
    const told = await decide({ paint: () => waiting.take(word), send, back: () => waiting.reload().catch(fail), mark: waiting.element });
    if (!told) return;
    tell(`“${word.word}” is not suggested again`, { undo: () => undo(told.edit) });
    await past.reload().catch(fail);
  }

  const inTree = (act) => () => (words.element.contains(document.activeElement) && words.chosen() ? act(words.chosen()) : false);
  const inQueue = (act) => () => (waiting.chosen() ? act(waiting.chosen()) : false);
  // A handler that gives false lets the key through.
  keys(route.signal, {
    "/": ["find a keyword", () => search.input.focus()],
    t: ["to the tree; letters there go to the next keyword that begins so", () => words.focus()],
    ArrowRight: ["open a keyword of the tree; ← closes it", () => false],
    "*": ["open all keywords beside the chosen one", () => false],
    "+": ["add a keyword below the chosen one", inTree(edits.add)],
    F2: ["rename the chosen keyword", inTree(rename)],
    Delete: ["remove the chosen keyword", inTree((node) => (node.info?.children ? false : remove(node)))],
    Enter: ["to the synonyms of the chosen keyword", inTree(() => about.focus())],
    q: ["to the new words", () => waiting.move(0)],
    j: ["next new word", () => waiting.move(1)],
    k: ["new word before", () => waiting.move(-1)],
    a: ["take the new word in", inQueue(accept)],
    r: ["refuse the new word", inQueue(refuse)],
    u: ["take back the latest change", () => void undo()],
    "Ctrl+z": ["the same, in the tree as well", () => void undo()],
  });

  await Promise.all([words.reload([]), waiting.reload()]);
}
