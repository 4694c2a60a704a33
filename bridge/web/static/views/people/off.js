/** Before anybody is looked for: what would be kept, and where; and how all of it is forgotten again. */

import { button, h } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { ask, fail, tell } from "../../lib/tell.js";

/** @param {object} status of faces.status @param {() => void} again shows the view anew */
export function off(status, again) {
  const turnOn = button("Look for people from now on", () => turn(true, again), { class: "main" });
  const kept = status.faces
    ? h("div", { class: "stack" }, h("p", null, `${count(status.faces, "face")} of before are kept still.`), button("Forget all of them …", () => forget(status, again), { class: "danger" }))
    : null;
  return h(
    "div",
    { class: "empty stack" },
    h("h2", null, "Nobody is looked for"),
    h("p", null, "Photos can be grouped by who is in them. That is off until you switch it on."),
    h("p", null, status.kept),
    turnOn,
    kept,
  );
}

export async function turn(on, again) {
  try {
    await call("faces.switch", { on });
    tell(on ? "People are looked for from now on." : "Nobody is looked for any more. What is kept stays until you forget it.");
    again();
  } catch (error) {
    fail(error);
  }
}

export async function forget(status, again) {
  const detail = `${count(status.faces, "face")} with their pictures, groups and names are deleted for good, backups of our database included. Photos stay as they are, with the names that were written into them.`;
  if (!(await ask("Forget all faces?", { yes: "Forget all", detail }))) return;
  try {
    const { faces } = await call("faces.forget");
    tell(`${count(faces, "face")} forgotten.`);
    again();
  } catch (error) {
    fail(error);
  }
}
