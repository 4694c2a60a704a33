/** What a decision does to a photo on the screen, before the daemon has answered. Its answer is what counts. */

const same = (one, other) => one.localeCompare(other, undefined, { sensitivity: "accent" }) === 0;

/**
 * @param {object} photo as review.list tells it; it is changed
 * @param {{kind: string, word?: string, value?: string, field?: string}} decision as review.decide takes it
 */
export function paint(photo, { kind, word, value, field }) {
  if (kind in DECIDED) photo.decided = DECIDED[kind];
  else if (kind === "reject" || kind === "never") each(photo, word, (one) => (one.state = "rejected"));
  else if (kind === "restore") each(photo, word, (one) => Object.assign(one, { state: "proposed", value: one.said ?? one.value, said: null }));
  else if (kind === "map") each(photo, word, (one) => Object.assign(one, { state: "mapped", said: one.said ?? one.value, value }));
  else if (kind === "add") add(photo, value);
  else if (kind === "text") text(photo, field, { new: value || null, state: value ? "edited" : "rejected" });
  else if (kind === "text_restore") text(photo, field, { state: "proposed" });
}

const DECIDED = { accept: "accepted", skip: "skipped", reopen: "open" };

function each(photo, word, change) {
  for (const one of photo.words) if (same(one.value, word) && one.state !== "refused") change(one);
}

function add(photo, value) {
  const there = photo.words.find((one) => same(one.value, value));
  if (there) there.state = there.state === "there" ? "there" : "added";
  else photo.words.push({ value, score: null, source: "person", state: "added", said: null, ours: false, why: null });
}

function text(photo, field, change) {
  const found = photo.texts.find((one) => one.field === field);
  if (found) Object.assign(found, change);
}
