/** A photo that was found. */

import { button, h } from "../../lib/dom.js";
import { box } from "../../lib/choosing.js";
import { fileName, percent } from "../../lib/format.js";
import { picture } from "../../lib/pictures.js";
import { photoAddress } from "../../lib/places.js";

/**
 * @param {object} photo of search.photos
 * @param {{scored: boolean, similar: () => void}} options `scored`: false where filters alone were asked for
 */
export function tile(photo, { scored, similar }) {
  const name = fileName(photo.path);
  const why = photo.why.join(" · ");
  return h(
    "div",
    { class: "found" },
    box(name),
    picture(photo.uri, { alt: "" }),
    h(
      "div",
      { class: "acts" },
      button("Similar", similar, { tabIndex: -1, "aria-label": `More like ${name}` }),
      h("a", { class: "button", href: photoAddress(photo.uri), tabIndex: -1, "aria-label": `About ${name}` }, "About"),
    ),
    h(
      "div",
      { class: "told" },
      h("p", { class: "name", title: photo.path }, h("span", null, name), scored ? h("span", { class: "score", title: "how sure it is" }, percent(photo.score)) : null),
      h("p", { class: "why", title: why }, photo.there ? why : "not there now: its drive is not connected, or it was moved"),
    ),
  );
}

/** In place of a photo that is still asked for. */
export const blank = () => h("div", { class: "found" }, h("span", { class: "picture" }));
