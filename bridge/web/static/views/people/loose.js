/** Faces of no group: too small, blurred or turned away to tell, or taken out of one. */

import { button, h, replace } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { keys } from "../../lib/keys.js";
import { photoAddress } from "../../lib/places.js";
import { call } from "../../lib/rpc.js";
import { fail, tell } from "../../lib/tell.js";
import { faceGrid } from "./facegrid.js";
import { nameList } from "./names.js";
import { say, takeBack, told } from "./say.js";
import { who } from "./who.js";

const PAGE = 200;

export async function loose(main, route) {
  const { signal } = route;
  const pages = new Map(); // page -> its faces, or the promise of them
  let total = 0;
  let names = [];

  const list = nameList(() => names);
  const said = h("p", { class: "hint", role: "status" });
  const chosen = h("p", null);
  const acts = [button("One person …", give, { class: "main" }), button("Nobody", nobody, { title: "Strangers: never ask about these again" })];
  const bar = h("div", { class: "chosen-row row middle" }, chosen, h("span", { class: "spring" }), ...acts);
  const at = (index) => pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  const faces = faceGrid({ label: "Faces of no group", at, onRange, onChange: paintChoice, signal });
  main.append(h("div", { class: "tool-row row middle" }, h("a", { href: "#/people" }, "All people"), said), bar, faces.element, list.element);

  async function page(number) {
    const asked = call("faces.loose", { offset: number * PAGE, limit: PAGE }, { signal });
    pages.set(number, asked);
    const found = await asked;
    pages.set(number, found.faces);
    total = found.total;
    return found;
  }

  function onRange(from, to) {
    for (let number = Math.floor(from / PAGE); number <= Math.floor(Math.max(0, to - 1) / PAGE); number++) {
      if (!pages.has(number)) page(number).then(() => faces.refresh(total), fail);
    }
  }

  async function load() {
    pages.clear();
    await page(0);
    faces.choice.clear();
    faces.refresh(total);
    replace(said, total ? `${count(total, "face")} too small, blurred or turned away to tell, or taken out of a group. They join one by themselves once they fit.` : "Every face has a group.");
    bar.hidden = !total;
  }

  async function give() {
    const ids = [...faces.choice.chosen];
    if (!ids.length) return tell("Choose the faces of one person first.");
    const name = await who(`${count(ids.length, "face")} of one person`, list);
    if (name === null) return;
    await act(async () => {
      const made = [await call("faces.split", { faces: ids })];
      if (name) made.push(await call("faces.name", { group: made[0].group, name }));
      told(made, load);
    });
  }

  async function nobody() {
    const ids = [...faces.choice.chosen];
    if (ids.length) await act(() => say("faces.never", { faces: ids }, load));
    else tell("Choose faces first: click, or press Space.");
  }

  async function act(doing) {
    try {
      await doing();
      await load();
    } catch (error) {
      fail(error);
    }
  }

  function paintChoice(set) {
    replace(chosen, set.size ? `${count(set.size, "face")} chosen` : "Choose faces of one person, or of strangers.");
    for (const button of acts) button.disabled = !set.size;
  }

  const onTile = (doing) => () => (document.activeElement?.classList.contains("tile") ? doing() : false);
  keys(signal, {
    " ": ["choose this face, or not", onTile(() => faces.choice.toggleCurrent())],
    a: ["they are one person", () => void give()],
    x: ["nobody: never ask about them again", () => void nobody()],
    Enter: ["about this photo", onTile(() => faces.current() && route.go(photoAddress(faces.current().uri)))],
    u: ["undo the latest", () => void act(() => takeBack())],
    "Ctrl+z": ["undo the latest", () => void act(() => takeBack())],
    Escape: ["choose none, or back to all people", () => faces.choice.clear() || route.go("#/people")],
  });

  paintChoice(faces.choice.chosen);
  await load();
  if (total) faces.focus(0);
  names = (await call("faces.groups", { alike: false }, { signal })).groups.map((one) => one.name).filter(Boolean);
}
