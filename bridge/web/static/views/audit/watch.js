/** The runs over a sample, followed to their ends; and work that is not done twice at once. */

import { call } from "../../lib/rpc.js";
import { fail } from "../../lib/tell.js";

const WAIT = 20000; // ms
const GOING = new Set(["open", "paused"]);

/**
 * @param {Record<string, string>} named model -> its run
 * @param {Map<string, object>} runs kept as `jobs.status` tells them while they are under way, by model
 * @param {AbortSignal} signal @param {() => void} changed called when one more photo has ended, and at the end
 */
export function watchRuns(named, runs, signal, changed) {
  for (const [model, job] of Object.entries(named)) follow(model, job, runs, signal, changed).catch(fail);
}

async function follow(model, job, runs, signal, changed) {
  let told = await call("jobs.status", { job }, { signal });
  while (GOING.has(told.state)) {
    runs.set(model, told);
    changed();
    told = await call("jobs.status", { job, wait_ms: WAIT }, { signal });
  }
  if (runs.delete(model)) changed();
}

/**
 * @param {() => Promise<void>} work @param {number} [rest] ms after one before the next begins
 * @returns {() => Promise<void>} does it, or once more where it is being done: what is asked for last is always done
 */
export function calm(work, rest = 0) {
  let doing = null;
  let again = false;
  return function begin() {
    if (doing) {
      again = true;
      return doing;
    }
    doing = work()
      .catch(fail)
      .then(() => new Promise((resolve) => setTimeout(resolve, rest)))
      .then(() => {
        doing = null;
        if (again) {
          again = false;
          return begin();
        }
      });
    return doing;
  };
}
