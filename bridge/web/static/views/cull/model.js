/** What is known of a run: its stacks (groups, and photos alone), what holds of each photo, and details as they are needed. */

import { call } from "../../lib/rpc.js";

const AT_ONCE = 1000; // photos that one question may name
const KEPT = 3000; // photos whose details stay: a run may have 50,000

/** What can hold of a photo, in the order of the keys: shape and word tell it, colour only underlines it. */
export const HOLDS = {
  1: { shape: "✓", word: "Pick", done: "picked", name: "pick" },
  "-1": { shape: "✕", word: "Reject", done: "rejected", name: "reject" },
  0: { shape: "○", word: "Undecided", done: "left undecided", name: "undecided" },
};

export const SHOWS = { all: "All", picks: "Picks", rejects: "Rejects", undecided: "Undecided", yours: "Yours" };
const BY_HOLDS = { 1: "picks", "-1": "rejects", 0: "undecided" };

/**
 * @param {string} job @param {AbortSignal} signal
 * @returns {Promise<object>} `stacks` how many; `items(stack)`; `mark(item)` {holds, yours}; `put(item, mark)`;
 *   `counts` by the names of SHOWS; `shown(name)` stacks with such a photo; `open(stack)` whether a photo of it waits
 *   for a decision; `details(stacks)` sees to it that `photos(stack)` is known
 */
export async function load(job, signal) {
  const told = await call("cull.stacks", { job }, { signal });
  const { items, holds, yours } = told;
  const starts = [0];
  for (const size of told.sizes) starts.push(starts.at(-1) + size);
  const places = new Map(items.map((item, at) => [item, at]));
  const counts = { all: items.length, picks: 0, rejects: 0, undecided: 0, yours: 0 };
  const known = new Map(); // stack -> photos, the one asked for last at the end
  const asked = new Map(); // stack -> promise
  let kept = 0;

  const add = (at, by) => {
    counts[BY_HOLDS[holds[at]]] += by;
    if (yours[at]) counts.yours += by;
  };
  items.forEach((_, at) => add(at, 1));

  const some = (stack, test) => {
    for (let at = starts[stack]; at < starts[stack + 1]; at += 1) if (test(at)) return true;
    return false;
  };
  const TESTS = {
    all: () => true,
    yours: (at) => yours[at],
    ...Object.fromEntries(Object.entries(BY_HOLDS).map(([value, name]) => [name, (at) => holds[at] === Number(value)])),
  };

  async function ask(stacks) {
    const wanted = stacks.flatMap((stack) => items.slice(starts[stack], starts[stack + 1]));
    const photos = new Map();
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      const answer = await call("cull.photos", { job, items: wanted.slice(at, at + AT_ONCE) }, { signal });
      for (const photo of answer.photos) photos.set(photo.item, photo);
    }
    for (const stack of stacks) {
      const found = items.slice(starts[stack], starts[stack + 1]).map((item) => photos.get(item)).filter(Boolean);
      known.set(stack, found);
      kept += found.length;
    }
    for (const [stack, photos] of known) {
      if (kept <= KEPT || known.size <= stacks.length) break;
      known.delete(stack);
      kept -= photos.length;
    }
  }

  return {
    job,
    stacks: told.sizes.length,
    counts,
    size: (stack) => told.sizes[stack],
    items: (stack) => items.slice(starts[stack], starts[stack + 1]),
    mark: (item) => ({ holds: holds[places.get(item)], yours: yours[places.get(item)] }),
    put(item, mark) {
      const at = places.get(item);
      add(at, -1);
      holds[at] = mark.holds;
      yours[at] = mark.yours;
      add(at, 1);
    },
    shown: (name) => told.sizes.map((_, stack) => stack).filter((stack) => some(stack, TESTS[name])),
    open: (stack) => some(stack, (at) => holds[at] === 0 && !yours[at]),
    photos: (stack) => known.get(stack),
    async details(stacks) {
      const missing = stacks.filter((stack) => !known.has(stack) && !asked.has(stack));
      if (missing.length) {
        const asking = ask(missing).finally(() => missing.forEach((stack) => asked.delete(stack)));
        for (const stack of missing) asked.set(stack, asking);
      }
      await Promise.all(stacks.map((stack) => asked.get(stack)));
    },
  };
}
