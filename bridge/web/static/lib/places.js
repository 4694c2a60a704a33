/** Photos by their addresses. */

/** The address of the view that tells all of one photo. @param {string} uri */
export const photoAddress = (uri) => `#/photo?uri=${encodeURIComponent(uri)}`;

/** The name of a photo's file; bytes that are no text stay as they travel. @param {string} uri */
export function nameOf(uri) {
  const name = uri.slice(uri.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The path of a file or folder; bytes that are no text stay as they travel. @param {string} uri */
export function pathOf(uri) {
  const path = uri.replace(/^file:\/\//, "");
  try {
    return decodeURIComponent(path).replace(/^\/(?=[A-Za-z]:)/, "");
  } catch {
    return path;
  }
}
