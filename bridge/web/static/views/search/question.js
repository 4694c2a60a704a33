/** What is sought, as the address has it and as the daemon takes it. */

/**
 * @typedef {object} Question
 * @property {string} text what the photo shows
 * @property {string} without what it does not show
 * @property {string} like a photo's URI, or empty
 * @property {string[]} filters NAME=VALUE
 * @property {string[]} plain phrases of the text that are to be taken as words
 */

/** @param {URLSearchParams} query @returns {Question} */
export function asked(query) {
  return {
    text: query.get("q") ?? "",
    without: query.get("without") ?? "",
    like: query.get("like") ?? "",
    filters: query.getAll("f"),
    plain: query.getAll("plain"),
  };
}

/** @param {Question} question @param {number} at the first photo in sight @returns {string} "#/search?q=…" */
export function address(question, at = 0) {
  const query = new URLSearchParams();
  if (question.text.trim()) query.set("q", question.text.trim());
  for (const name of ["without", "like"]) if (question[name]) query.set(name, question[name]);
  for (const filter of question.filters) query.append("f", filter);
  for (const phrase of question.plain) query.append("plain", phrase);
  if (at > 0) query.set("at", String(at));
  const text = query.toString();
  return text ? `#/search?${text}` : "#/search";
}

/** @param {Question} question */
export const isEmpty = (question) => !(question.text.trim() || question.without.trim() || question.like || question.filters.length);

/** The parameters of search.photos. @param {Question} question */
export function params(question) {
  return {
    texts: question.text.trim() ? [question.text.trim()] : [],
    without: question.without.trim() ? [question.without.trim()] : [],
    like: question.like || null,
    filters: question.filters,
    plain: question.plain,
    phrases: !question.like,
  };
}

/** The value of a filter that is named once at most, or "". @param {Question} question @param {string} name */
export function valueOf(question, name) {
  const found = question.filters.find((filter) => filter.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

/** The same question with another value of one filter; an empty one takes it away. @returns {Question} */
export function withFilter(question, name, value) {
  const others = question.filters.filter((filter) => !filter.startsWith(`${name}=`));
  return { ...question, filters: value.trim() ? [...others, `${name}=${value.trim()}`] : others };
}
