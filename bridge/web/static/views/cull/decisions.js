/** What the person says of photos: on screen at once, stored one after another, taken back the latest first. */

import { call } from "../../lib/rpc.js";
import { saver } from "../../lib/settle.js";

/**
 * @param {object} model @param {(items: number[]) => void} painted called when other things hold of these photos
 * @returns {{decide: (said: Array<[object, number]>) => void, undo: () => Promise<number[]>, saved: (item: number) => boolean}}
 */
export function decisions(model, painted) {
  const settle = saver();
  const done = []; // of this visit, the latest last
  const waiting = new Map(); // item -> how many decisions on it are on their way

  const wait = (changes, by) => {
    for (const { photo } of changes) waiting.set(photo.item, (waiting.get(photo.item) ?? 0) + by);
  };
  const put = (changes, which) => {
    for (const change of changes) model.put(change.photo.item, change[which]);
    painted(changes.map(({ photo }) => photo.item));
  };
  const sent = async (changes, work) => {
    try {
      return await work();
    } finally {
      wait(changes, -1);
      painted(changes.map(({ photo }) => photo.item));
    }
  };

  function decide(said) {
    const changes = said
      .map(([photo, holds]) => ({ photo, before: model.mark(photo.item), after: { holds, yours: true } }))
      .filter(({ before, after }) => !before.yours || before.holds !== after.holds);
    if (!changes.length) return;
    const entry = { changes, decision: null };
    const photos = changes.map(({ photo, after }) => ({ uri: photo.uri, id: photo.id, pick: after.holds }));
    done.push(entry);
    wait(changes, 1);
    settle({
      paint: () => put(changes, "after"),
      send: () => sent(changes, async () => (entry.decision = (await call("cull.decide", { job: model.job, photos })).decision)),
      back() {
        const at = done.indexOf(entry);
        if (at < 0) return; // taken back meanwhile
        done.splice(at, 1);
        const since = new Set(done.slice(at).flatMap((later) => later.changes.map(({ photo }) => photo.item)));
        put(changes.filter(({ photo }) => !since.has(photo.item)), "before");
      },
    });
  }

  /** Take back the latest; returns the photos that it was about, none where there was nothing to take back. */
  async function undo() {
    const entry = done.pop();
    if (!entry) return undoEarlier();
    wait(entry.changes, 1);
    const items = entry.changes.map(({ photo }) => photo.item);
    const send = async () => entry.decision !== null && call("cull.undo", { job: model.job, decision: entry.decision });
    settle({
      paint: () => put(entry.changes, "before"),
      send: () => sent(entry.changes, send),
      back() {
        done.push(entry);
        put(entry.changes, "after");
      },
    });
    return items;
  }

  /** What was decided before this visit is known to the daemon alone. */
  async function undoEarlier() {
    const told = await settle({ paint() {}, send: () => call("cull.undo", { job: model.job }), back() {} });
    if (!told) return [];
    for (const { item, pick, yours } of told.now) model.put(item, { holds: pick, yours: yours !== null });
    painted(told.now.map(({ item }) => item));
    return told.now.map(({ item }) => item);
  }

  return { decide, undo, saved: (item) => !waiting.get(item) };
}
