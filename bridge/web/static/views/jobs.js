/** Runs: those at work, live; those that have ended, with what failed and why; and the form that starts one. */

import { button, h, replace } from "../lib/dom.js";
import { count, lasting } from "../lib/format.js";
import { keys } from "../lib/keys.js";
import { pause } from "../lib/pausing.js";
import { call } from "../lib/rpc.js";
import { tell } from "../lib/tell.js";
import { startForm } from "./jobs/form.js";
import { card, noun, outcome } from "./jobs/run.js";

const PAGE = 20; // runs at first, and more with each step
const LIST_MS = 3000; // how old the whole list may become while one run is followed
const BREATH_MS = 250; // between one answer and the next question: fast models end dozens of photos a second
const AWAY_MS = 2000; // until a daemon that did not answer is asked again

export const title = "Runs";

/** @param {HTMLElement} main @param {{signal: AbortSignal, go: (hash: string) => void}} route */
export async function show(main, route) {
  const cards = new Map(); // job -> card, in the order of the list
  const list = h("ol", { class: "runs", "aria-label": "Runs, newest first" });
  const away = h("div", { class: "away", role: "alert" });
  const none = h("p", { class: "empty", hidden: true }, "No run yet. Name a folder above and start: nothing is written before you say so.");
  const more = button("Show older runs", () => ((limit += 2 * PAGE), refresh()), { hidden: true });
  const about = h("p", { class: "hint about" });
  let limit = PAGE;

  async function refresh() {
    const runs = await call("jobs.list", { limit }, { signal: route.signal });
    const there = new Set(runs.map((run) => run.job));
    for (const [job, one] of cards) if (!there.has(job)) (one.element.remove(), cards.delete(job));
    runs.forEach((run, at) => {
      const one = cards.get(run.job) ?? card(run, { refresh, signal: route.signal });
      update(one, run);
      cards.set(run.job, one);
      if (list.children[at] !== one.element) list.insertBefore(one.element, list.children[at] ?? null);
    });
    none.hidden = runs.length > 0;
    more.hidden = runs.length < limit;
    rove(list.querySelector('[tabindex="0"]') ?? list.firstElementChild);
    form.fill(runs);
  }

  function rove(chosen) {
    for (const element of list.children) element.tabIndex = element === chosen ? 0 : -1;
  }

  const form = startForm(route, refresh);
  const heading = h("h2", { id: "runs-title", class: "visually-hidden" }, "All runs");
  main.append(form.element, away, h("section", { class: "stack", "aria-labelledby": "runs-title" }, heading, none, list, more), about);
  list.addEventListener("focusin", (event) => rove(event.target.closest(".run")));
  keys(route.signal, {
    n: ["start a new run", () => form.focus()],
    j: ["next run", () => move(list, 1)],
    k: ["run before", () => move(list, -1)],
    ...forChosen(list, cards),
  });
  await refresh();
  aboutDaemon(about, route);
  follow({ cards, refresh, away, route });
}

/** Ends that the person sees coming are told aloud as well. */
function update(one, run) {
  const was = one.run;
  one.update(run);
  if (was.state === "open" && run.state !== "open" && was.job === run.job) tell(`${noun(run)}: ${outcome(run)}`);
}

/** Ask again and again, as long as the view is open: one long poll for a run at work, the list for all others. */
async function follow({ cards, refresh, away, route }) {
  let listed = Date.now();
  let turn = 0;
  while (!route.signal.aborted) {
    try {
      const open = [...cards.values()].filter((one) => one.run.state === "open");
      const one = open[turn++ % open.length];
      if (one) {
        const status = await call("jobs.status", { job: one.run.job, wait_ms: LIST_MS / open.length }, { signal: route.signal });
        if (status.state === "open") one.update({ ...one.run, ...status });
        else listed = 0;
        await pause(BREATH_MS, route.signal);
      } else {
        await pause(LIST_MS, route.signal);
      }
      if (Date.now() - listed >= LIST_MS || away.firstChild) {
        await refresh();
        listed = Date.now();
      }
      replace(away);
    } catch (error) {
      if (error.name === "AbortError" || error.code === "session_lost") return;
      if (!away.firstChild) replace(away, h("p", { class: "bad" }, error.message), h("p", { class: "hint" }, error.hint));
      await pause(AWAY_MS, route.signal).catch(() => {});
    }
  }
}

function move(list, step) {
  const all = [...list.children];
  const here = all.indexOf(document.activeElement?.closest?.(".run"));
  const next = all[here < 0 ? all.findIndex((element) => element.tabIndex === 0) : here + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** Keys that press the buttons of the run that has the focus. */
function forChosen(list, cards) {
  const press = (action) => () => {
    const chosen = document.activeElement?.closest?.(".run");
    return chosen && list.contains(chosen) ? cards.get(chosen.dataset.job).press(action) : false;
  };
  return {
    Enter: ["review or cull the chosen run", (event) => (event.target.matches(".run") ? press("open")() : false)],
    c: ["cancel the chosen run", press("cancel")],
    r: ["resume the chosen run, or have it go on now", press("resume")],
    u: ["undo the chosen run", press("undo")],
    f: ["what failed in the chosen run", press("failures")],
  };
}

async function aboutDaemon(element, route) {
  const asked = ["system.health", "settings.get"].map((method) => call(method, {}, { signal: route.signal }));
  const [health, settings] = await Promise.all(asked).catch(() => []);
  if (!health) return; // whoever follows the runs tells that the daemon is gone
  const model = settings.model === "auto" ? "model chosen for each run" : `model ${settings.model}`;
  const runs = health.open_jobs ? `, ${count(health.open_jobs, "run")} at work` : "";
  replace(element, `photo-bridge ${health.version}, up for ${lasting(health.uptime_s)}, ${model}${runs}`);
}
