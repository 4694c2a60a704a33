/** All groups, a person each: name them, merge them. */

import { box, choosing } from "../../lib/choosing.js";
import { button, h, replace } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { grid } from "../../lib/grid.js";
import { keys } from "../../lib/keys.js";
import { face } from "../../lib/pictures.js";
import { call } from "../../lib/rpc.js";
import { saver } from "../../lib/settle.js";
import { ask, fail, tell } from "../../lib/tell.js";
import { looking } from "./looking.js";
import { nameField, nameList } from "./names.js";
import { forget, turn } from "./off.js";
import { say, takeBack, told } from "./say.js";
import { writeNames } from "./writing.js";

/** @param {Element} main @param {object} route @param {object} status of faces.status @param {() => void} again */
export async function groups(main, route, status, again) {
  const { signal } = route;
  const settle = saver();
  let all = []; // as they came, the order kept while the view is open
  let shown = []; // those that fit what is sought

  const running = h("div", { class: "runs" });
  const faces = looking({ signal, box: running, onFound: () => (status.photos ? load() : again()) });
  if (!status.photos) {
    main.append(running, h("div", { class: "empty stack" }, h("h2", null, "Nobody was looked for yet"), h("p", null, "Name a folder to begin with. Each photo takes about a second; you can go on meanwhile."), faces.form(), more()));
    return faces.resume();
  }

  const list = nameList(() => all.map((row) => row.name).filter(Boolean));
  const find = h("input", { type: "search", placeholder: "Find a name", "aria-label": "Find a name", spellcheck: false, on: { input: () => sift() } });
  const nameless = h("input", { type: "checkbox", id: "nameless", on: { change: () => sift() } });
  const said = h("p", { class: "hint", role: "status" });
  const notes = h("div", null);
  const merging = button("Merge into one person", merge, { class: "main" });
  const clear = button("Clear", () => choice.clear());
  const chosen = h("p", null);
  const bar = h("div", { class: "chosen-row row middle" }, chosen, h("span", { class: "spring" }), clear, merging);

  const choice = choosing({ id: (index) => shown[index]?.group, count: () => shown.length, onChange: paintChoice });
  const tiles = grid({ count: 0, minWidth: 150, height: 236, label: "People", render });
  choice.attach(tiles);
  signal.addEventListener("abort", () => tiles.destroy(), { once: true });

  main.append(
    h(
      "div",
      { class: "tool-row row middle" },
      find,
      h("div", { class: "field check" }, nameless, h("label", { htmlFor: "nameless" }, "without a name")),
      said,
      h("span", { class: "spring" }),
      h("a", { class: "button", href: "#/people/same" }, "Same person?"),
      h("a", { class: "button", href: "#/people/loose" }, "Faces of no group"),
      button("Write names …", () => writeNames({ signal })),
      button("Find faces …", () => faces.ask()),
      more(),
    ),
    running,
    notes,
    bar,
    tiles.element,
    list.element,
  );

  function more() {
    return h(
      "details",
      { class: "more" },
      h("summary", null, "More"),
      h(
        "div",
        { class: "panel stack" },
        h("a", { href: "#/people/said" }, "What you said, to take it back"),
        h("p", { class: "hint" }, status.kept),
        h("div", { class: "row" }, button("Look for people no more", () => turn(false, again)), button("Forget all faces …", () => forget(status, again), { class: "danger" })),
      ),
    );
  }

  /** What is so now. Groups that are known stay where they are, so that nothing jumps under the hand. */
  async function load() {
    const fresh = await call("faces.groups", { alike: false }, { signal });
    const now = new Map(fresh.groups.map((row) => [row.group, { ...row, name: row.name ?? "" }]));
    const kept = all.filter((row) => now.has(row.group)).map((row) => now.get(row.group));
    const known = new Set(kept.map((row) => row.group));
    all = [...kept, ...[...now.values()].filter((row) => !known.has(row.group))];
    replace(notes, ...fresh.warnings.map((warning) => h("p", { class: "warn" }, warning)));
    sift();
    if (fresh.warnings.length) faces.group().then(load).catch(fail);
  }

  function sift() {
    const wanted = find.value.trim().toLowerCase();
    shown = all.filter((row) => row.name.toLowerCase().includes(wanted) && !(nameless.checked && row.name));
    const named = all.filter((row) => row.name).length;
    replace(said, `${count(all.length, "person", "people")}, ${named.toLocaleString("en")} with a name`);
    choice.set([...choice.chosen].filter((group) => all.some((row) => row.group === group)));
    tiles.refresh(shown.length);
  }

  function render(index) {
    const row = shown[index];
    const called = row.name || `group ${row.group}`;
    const address = `#/people/${row.group}`;
    const input = nameField({
      ...{ name: row.name, label: `Name of ${called}`, list, tabIndex: -1, dataset: { focus: "name" } },
      save: (name) => rename(row, name, tile),
      onEnter: () => toName(index + 1),
    });
    const tile = h(
      "div",
      { class: "person" },
      box(called),
      h("a", { class: "whole", href: address, tabIndex: -1, "aria-label": `All faces of ${called}` }, face(row.best)),
      input,
      h("p", { class: "hint" }, `${count(row.faces, "face")} · group ${row.group}`),
    );
    return choice.dress(tile, index);
  }

  function toName(index) {
    if (index >= shown.length) return;
    tiles.focus(index);
    tiles.element.querySelector(`.tile[data-index="${index}"] input.name`)?.select();
  }

  async function rename(row, name, mark) {
    const before = row.name;
    const action = await settle({
      mark,
      paint: () => (row.name = name),
      send: () => call("faces.name", { group: row.group, name }),
      back: () => {
        row.name = before;
        tiles.refresh();
      },
    });
    if (!action) return;
    told([action], load);
    if (action.group !== row.group) await load(); // it joined the one that has the name
    else if (!before !== !name) replace(said, `${count(all.length, "person", "people")}, ${all.filter((one) => one.name).length.toLocaleString("en")} with a name`);
  }

  async function merge() {
    const rows = all.filter((row) => choice.chosen.has(row.group)).sort((a, b) => !a.name - !b.name || b.faces - a.faces);
    if (rows.length < 2) return tell("Choose two or more of them first: tick them, or press Space.");
    const names = [...new Set(rows.map((row) => row.name).filter(Boolean))];
    if (names.length > 1 && !(await ask(`Are ${names.join(" and ")} one person?`, { yes: `Yes, ${names[0]}`, no: "No" }))) return;
    try {
      const action = await say("faces.merge", { groups: rows.map((row) => row.group) }, load);
      choice.clear();
      await load();
      const at = shown.findIndex((row) => row.group === action.group);
      if (at >= 0) tiles.focus(at);
    } catch (error) {
      fail(error);
    }
  }

  async function undo() {
    try {
      await takeBack();
      await load();
    } catch (error) {
      fail(error);
    }
  }

  function paintChoice(set) {
    replace(chosen, set.size ? `${count(set.size, "person", "people")} chosen` : "Choose several that are one person to merge them.");
    clear.disabled = !set.size;
    merging.disabled = set.size < 2;
  }

  const onTile = (act) => () => (document.activeElement?.classList.contains("tile") ? act(tiles.current()) : false);
  keys(signal, {
    "/": ["find a name", () => find.focus()],
    Enter: ["name this person (Enter again: the next one)", onTile((index) => toName(index))],
    " ": ["choose this person, or not", onTile(() => choice.toggleCurrent())],
    m: ["merge those that are chosen", () => void merge()],
    o: ["all faces of this person", onTile((index) => route.go(`#/people/${shown[index].group}`))],
    s: ["same person? in bulk", () => route.go("#/people/same")],
    u: ["undo the latest", () => void undo()],
    "Ctrl+z": ["undo the latest", () => void undo()],
    Escape: ["choose none", () => choice.clear()],
  });

  paintChoice(choice.chosen);
  await load();
  if (shown.length) tiles.focus(0);
  await faces.resume();
}
