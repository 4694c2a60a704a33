/** One group: all its faces; those that are somebody else are taken out. */

import { button, h, replace } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { keys } from "../../lib/keys.js";
import { photoAddress } from "../../lib/places.js";
import { call } from "../../lib/rpc.js";
import { fail, tell } from "../../lib/tell.js";
import { faceGrid } from "./facegrid.js";
import { nameField, nameList } from "./names.js";
import { say, takeBack, told } from "./say.js";
import { who } from "./who.js";
import { writeNames } from "./writing.js";

export async function group(main, route, number) {
  const { signal } = route;
  let members = [];
  let row = null;
  let names = [];

  const list = nameList(() => names);
  const head = h("div", { class: "tool-row row middle" });
  const chosen = h("p", null);
  const acts = [
    button("Another person …", split, { class: "main" }),
    button("Not this person", () => takeOut("faces.reject")),
    button("Nobody", () => takeOut("faces.never"), { title: "A stranger: never ask about these again" }),
  ];
  const bar = h("div", { class: "chosen-row row middle" }, chosen, h("span", { class: "spring" }), ...acts);
  const faces = faceGrid({ label: "Faces of this person", at: (index) => members[index], onChange: paintChoice, signal });
  main.append(head, bar, faces.element, list.element);

  async function load() {
    const fresh = await call("faces.groups", { group: number }, { signal });
    [row] = fresh.groups;
    number = row.group;
    members = fresh.members;
    faces.choice.set([...faces.choice.chosen].filter((id) => members.some((one) => one.face === id)));
    faces.refresh(members.length);
    paintHead();
  }

  function paintHead() {
    const name = nameField({ name: row.name ?? "", label: "Name of this person", list, save: rename, onEnter: () => faces.focus(0) });
    const uris = () => [...new Set(members.map((one) => one.uri))];
    replace(
      head,
      h("a", { href: "#/people" }, "All people"),
      name,
      h("p", { class: "hint" }, `${count(row.faces, "face")} in ${count(row.photos, "photo")} · group ${row.group}`),
      h("span", { class: "spring" }),
      button("Write the name …", () => writeNames({ signal, uris: uris() }), { disabled: !row.name }),
    );
  }

  async function rename(name) {
    try {
      const action = await say("faces.name", { group: number, name }, again);
      if (action.group !== number) route.go(`#/people/${action.group}`);
      else await again();
    } catch (error) {
      fail(error);
      paintHead();
    }
  }

  /** A group whose last face went is none any more. */
  async function again() {
    try {
      await load();
    } catch (error) {
      if (error.code !== "not_found") throw error;
      route.go("#/people");
    }
  }

  async function split() {
    const ids = [...faces.choice.chosen];
    if (!ids.length) return tell("Choose the faces of the other person first.");
    const name = await who(`${count(ids.length, "face")} of another person`, list);
    if (name === null) return;
    await act(async () => {
      const made = [await call("faces.split", { faces: ids })];
      if (name) made.push(await call("faces.name", { group: made[0].group, name }));
      told(made, again);
    });
  }

  async function takeOut(method) {
    const ids = [...faces.choice.chosen];
    if (!ids.length) return tell("Choose faces first: click, or press Space.");
    await act(() => say(method, { faces: ids }, again));
  }

  async function act(doing) {
    try {
      await doing();
      await again();
    } catch (error) {
      fail(error);
    }
  }

  function paintChoice(set) {
    replace(chosen, set.size ? `${count(set.size, "face")} chosen` : "Choose faces that are not this person.");
    for (const button of acts) button.disabled = !set.size;
  }

  const onTile = (doing) => () => (document.activeElement?.classList.contains("tile") ? doing() : false);
  keys(signal, {
    n: ["the name", () => head.querySelector("input.name").select()],
    " ": ["choose this face, or not", onTile(() => faces.choice.toggleCurrent())],
    a: ["they are another person", () => void split()],
    r: ["they are not this person", () => void takeOut("faces.reject")],
    x: ["nobody: never ask about them again", () => void takeOut("faces.never")],
    Enter: ["about this photo", onTile(() => route.go(photoAddress(faces.current().uri)))],
    u: ["undo the latest", () => void act(() => takeBack())],
    "Ctrl+z": ["undo the latest", () => void act(() => takeBack())],
    Escape: ["choose none, or back to all people", () => faces.choice.clear() || route.go("#/people")],
  });

  paintChoice(faces.choice.chosen);
  await load();
  faces.focus(0);
  names = (await call("faces.groups", { alike: false }, { signal })).groups.map((one) => one.name).filter(Boolean);
}
