/** What the store calls things, as a person says it. */

import { h } from "../../lib/dom.js";

export const PROGRAMS = { lightroom: "Lightroom", captureone: "Capture One", darktable: "darktable", digikam: "digiKam" };

/** A run, with the way to it. @param {string} job */
export const runLink = (job) => h("a", { href: `#/review/${encodeURIComponent(job)}` }, job);

/** Who let it be written. @param {string} how as provenance.get says */
export function approved(how) {
  if (how === "write") return "started to write at once";
  return how in PROGRAMS ? `confirmed by ${PROGRAMS[how]}` : `approved by ${how}`;
}

/** Where a value stands now. @param {{state: string, there: boolean|null, ended_by: string|null}} value */
export function state({ state: name, there, ended_by: by }) {
  const run = by === null ? "another run" : by in PROGRAMS ? PROGRAMS[by] : ["the run ", runLink(by)];
  switch (name) {
    case "standing":
      return there === false ? "not in the file any more" : there ? "in the file" : "stands";
    case "undone":
      return ["taken back by ", run];
    case "rejected":
      return "you took it away: it is not written into this photo again";
    case "yours":
      return "yours now: you wrote it too, or changed it";
    case "replaced":
      return ["replaced by ", run];
    case "removed":
      return ["removed by ", run];
    case "released":
      return ["removed by ", run, ", but another run says it too"];
    default:
      return name;
  }
}
