/** "Run on all with these settings": asked for, and begun. */

import { button, h } from "../../lib/dom.js";
import { count, lasting } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { ask, dialog, fail, tell } from "../../lib/tell.js";
import { pathOf } from "../../lib/places.js";

/** @param {object} audit as `audit.show` tells it @param {object} model as `audit.figures` tells it */
export async function runOnAll(audit, model, route) {
  const write = await howToRun(audit, model);
  if (write === null) return;
  try {
    const begun = await begin({ audit: audit.audit, model: model.model, write });
    if (!begun) return;
    for (const warning of begun.warnings) tell(warning);
    route.go(write ? "#/jobs" : `#/review/${begun.job}`);
  } catch (error) {
    fail(error);
  }
}

/** @returns {Promise<boolean|null>} whether it writes; null: not at all */
function howToRun(audit, model) {
  const known = model.forecast_s !== null;
  const time = known ? `It takes about ${lasting(model.forecast_s)}` : "How long it takes is not known";
  return new Promise((resolve) => {
    const leave = (said) => () => box.close(said);
    const box = dialog(
      `Run ${model.model} on all ${count(audit.whole, "photo")}?`,
      [
        h("p", null, `${time}; you can go on working, and stop it at any moment. Photos of the sample are not asked about again.`),
        h("p", null, `In ${audit.uris.map(pathOf).join(", ")}, with exactly the settings of this audit.`),
        h("p", { class: "hint" }, "Look first: you see every word before it is written. Write: what you wrote yourself stays, and the whole run can be undone."),
      ],
      [button("Cancel", leave("")), button("Write", leave("write")), button("Look first", leave("look"), { class: "main" })],
    );
    box.addEventListener("close", () => resolve(box.returnValue ? box.returnValue === "write" : null));
  });
}

/** Begin; where another model has been there, only if the person says so. */
async function begin(asked) {
  try {
    return await call("audit.run", asked);
  } catch (error) {
    if (error.code !== "mixed_pass") throw error;
    const sure = await ask("Mix two models?", { detail: error.message, yes: "Mix them", no: "Leave it" });
    return sure ? call("audit.run", { ...asked, allow_mixed: true }) : null;
  }
}
