/** Numbers and times as a person reads them. */

/** `count(1, "photo")` is "1 photo"; `count(1200, "photo")` "1,200 photos"; `plural` where it is not with s. */
export function count(number, noun, plural = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}

/** @param {number} seconds Unix time */
export function when(seconds) {
  const then = new Date(seconds * 1000);
  const today = then.toDateString() === new Date().toDateString();
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return today ? `today ${time}` : `${then.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" })} ${time}`;
}

/** A stretch of time: "12 s", "3 min", "2 h 5 min". @param {number} seconds */
export function lasting(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** @param {number} share 0..1 */
export const percent = (share) => `${Math.round(share * 100)} %`;

/** The name of a file, without its folders. A backslash ends a folder on Windows alone. @param {string} path */
export const fileName = (path) => path.slice(Math.max(path.lastIndexOf("/"), path.startsWith("/") ? -1 : path.lastIndexOf("\\")) + 1);

/** A keyword `A|B` as it is read: "A › B". @param {string} value */
export const keyword = (value) => value.split("|").join(" › ");
