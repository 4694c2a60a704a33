/** "Same person?": groups that look alike, two at a time, decided by a key. */

import { button, h, replace } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { keys } from "../../lib/keys.js";
import { face } from "../../lib/pictures.js";
import { call } from "../../lib/rpc.js";
import { saver } from "../../lib/settle.js";
import { fail, tell } from "../../lib/tell.js";
import { takeBack } from "./say.js";

const MORE = 5; // faces of each side beside its best

export async function same(main, route) {
  const { signal } = route;
  const settle = saver();
  const skipped = new Set(); // "1 2": not asked again while the view is open
  const members = new Map(); // group -> the promise of its faces
  let rows = new Map();
  let queue = [];
  let decided = []; // {pair, action: promise}, newest last

  const left = h("p", { class: "hint", role: "status" });
  const body = h("div", { class: "body" });
  main.append(h("div", { class: "tool-row row middle" }, h("a", { href: "#/people" }, "All people"), left), body);

  async function load() {
    const fresh = await call("faces.groups", {}, { signal });
    rows = new Map(fresh.groups.map((row) => [row.group, row]));
    queue = fresh.alike.map((pair) => pair.groups).filter((pair) => !skipped.has(pair.join(" ")));
    for (const warning of fresh.warnings) tell(warning);
    paint();
  }

  function paint() {
    if (!queue.length) return done();
    replace(left, `${count(queue.length, "pair")} to decide`);
    const [one, other] = queue[0];
    const hadFocus = body.contains(document.activeElement);
    const question = h("h2", { class: "question", tabIndex: -1 }, `Is ${called(one)} the same person as ${called(other)}?`);
    replace(
      body,
      question,
      h("div", { class: "pair" }, side(one), side(other)),
      h(
        "div",
        { class: "row answers" },
        button([h("kbd", null, "Y"), "Same person"], () => answer(true), { class: "main" }),
        button([h("kbd", null, "N"), "Two people"], () => answer(false)),
        button([h("kbd", null, "Space"), "Skip"], skip),
        button([h("kbd", null, "U"), "Undo"], undo, { disabled: !decided.length }),
      ),
    );
    if (hadFocus) question.focus();
    for (const group of queue[1] ?? []) facesOf(group); // those of the next pair, before they are asked for
  }

  const called = (group) => rows.get(group).name ?? `group ${group}`;

  function side(group) {
    const row = rows.get(group);
    const name = called(group);
    const more = h("div", { class: "more-faces" });
    facesOf(group).then((all) => replace(more, ...all.filter((one) => one.face !== row.best).slice(0, MORE).map((one) => face(one.face))), () => {});
    return h(
      "section",
      { class: "side", "aria-label": name },
      face(row.best, { alt: `The best face of ${name}` }),
      more,
      h("p", null, h("a", { href: `#/people/${group}` }, name), h("span", { class: "hint" }, ` · ${count(row.faces, "face")} in ${count(row.photos, "photo")}`)),
    );
  }

  function facesOf(group) {
    if (!members.has(group)) members.set(group, call("faces.groups", { group }, { signal }).then((found) => found.members));
    return members.get(group);
  }

  function done() {
    replace(left);
    const again = skipped.size
      ? button(`Ask about the ${count(skipped.size, "pair")} that you skipped`, () => {
          skipped.clear();
          load().catch(fail);
        })
      : null;
    const undoing = decided.length ? button([h("kbd", null, "U"), "Undo"], undo) : null;
    const text = decided.length ? "All are decided." : "No two groups look like one person.";
    replace(body, h("div", { class: "empty stack" }, h("h2", null, text), h("p", { class: "hint" }, "You can merge people by hand, too: choose several under All people."), h("div", { class: "row" }, undoing, again)));
  }

  async function answer(isSame) {
    const pair = queue[0];
    if (!pair) return;
    const groups = isSame ? ordered(pair) : pair;
    const sent = settle({
      paint() {
        if (isSame) join(groups[0], groups[1]);
        queue = rest();
        paint();
      },
      send: () => call(isSame ? "faces.merge" : "faces.differ", { groups }),
      back() {
        decided = decided.filter((one) => one.sent !== sent);
        load().catch(fail);
      },
    });
    decided.push({ sent });
    body.querySelector(".answers button:last-child")?.removeAttribute("disabled");
    await sent;
    if (!queue.length && !signal.aborted) load().catch(fail); // a merged group may look like yet another one
  }

  /** The named one, or the larger, takes the other in. */
  function ordered(pair) {
    const [one, other] = pair.map((group) => rows.get(group));
    const otherFirst = !one.name !== !other.name ? Boolean(other.name) : other.faces > one.faces;
    return otherFirst ? [pair[1], pair[0]] : pair;
  }

  /** From here on `gone` is part of `kept`, until the daemon is asked again. */
  function join(kept, gone) {
    rows = new Map(rows);
    const [into, was] = [rows.get(kept), rows.get(gone)];
    rows.set(kept, { ...into, name: into.name ?? was.name, faces: into.faces + was.faces, photos: into.photos + was.photos });
    rows.delete(gone);
    members.delete(kept);
    queue = queue.map((pair) => pair.map((group) => (group === gone ? kept : group)));
  }

  /** The pairs after this one, each once, without those that a merge has decided. */
  function rest() {
    const known = new Set([queue[0].join(" ")]);
    return queue.slice(1).filter(([one, other]) => {
      const key = [one, other].sort((a, b) => a - b).join(" ");
      const bothNamed = rows.get(one).name && rows.get(other).name;
      const isOpen = one !== other && !bothNamed && !known.has(key);
      known.add(key);
      return isOpen;
    });
  }

  function skip() {
    const pair = queue[0];
    if (!pair) return;
    skipped.add(pair.join(" "));
    queue = queue.slice(1);
    paint();
  }

  async function undo() {
    const latest = decided.pop();
    if (!latest) return tell("Nothing was decided here yet.");
    try {
      const action = await latest.sent;
      if (action) await takeBack(action.action);
      members.clear();
      await load();
    } catch (error) {
      fail(error);
    }
  }

  keys(signal, {
    y: ["same person", () => void answer(true)],
    n: ["two people: never ask again", () => void answer(false)],
    " ": ["skip", () => (document.activeElement?.matches("button, a") ? false : skip())],
    u: ["undo the latest", () => void undo()],
    "Ctrl+z": ["undo the latest", () => void undo()],
    Escape: ["back to all people", () => route.go("#/people")],
  });
  replace(body, h("p", { class: "loading" }, "Comparing groups …"));
  await load();
}
