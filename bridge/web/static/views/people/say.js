/** What a person says of faces: stored before it is told, and every bit of it can be taken back. */

import { call } from "../../lib/rpc.js";
import { tell } from "../../lib/tell.js";

/**
 * @param {string} method faces.name, faces.merge … @param {object} params
 * @param {() => Promise<void>} after shows what is so now: called after an Undo
 * @returns {Promise<object>} the action
 */
export async function say(method, params, after) {
  const action = await call(method, params);
  told([action], after);
  return action;
}

/** Tell of actions that belong together, with an Undo for all of them. @param {object[]} actions oldest first */
export function told(actions, after) {
  tell(`${actions.map((action) => action.told).join("; ")}.`, {
    undo: async () => {
      for (const action of [...actions].reverse()) await takeBack(action.action);
      await after();
    },
  });
}

/** @param {number|null} action none: the newest that stands */
export async function takeBack(action = null) {
  const taken = await call("faces.undo", { action });
  const left = taken.left ? ` ${taken.left} of it was changed since and stays.` : "";
  tell(`Taken back: ${taken.told}.${left}`);
  return taken;
}
