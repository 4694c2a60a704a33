/** Decisions that are on the screen and not stored yet: what fails is taken away, and what else waits stays. */

import { paint } from "./paint.js";

/** Of as many photos as wait: what the daemon holds of each, and the decisions that are painted over it. */
export function pending() {
  const waiting = new Map(); // photo -> {stored, decisions}

  return {
    /** @param {Array<object>} photos they are changed @param {object} decision as review.decide takes it */
    add(photos, decision) {
      for (const photo of photos) {
        if (!waiting.has(photo)) waiting.set(photo, { stored: structuredClone(photo), decisions: [] });
        waiting.get(photo).decisions.push(decision);
        paint(photo, decision);
      }
    },
    /** The daemon has stored a decision, or has refused it. */
    settle(photos, decision, isStored) {
      for (const photo of photos) {
        const { stored, decisions } = waiting.get(photo);
        decisions.splice(decisions.indexOf(decision), 1);
        if (isStored) paint(stored, decision);
        if (!isStored) {
          Object.assign(photo, structuredClone(stored));
          for (const other of decisions) paint(photo, other);
        }
        if (!decisions.length) waiting.delete(photo);
      }
    },
  };
}
