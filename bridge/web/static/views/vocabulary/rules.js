/** Words that are never written again: those offered, since they were taken away so often, and the rules in force. */

import { button, h, replace } from "../../lib/dom.js";
import { count, keyword } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { tell } from "../../lib/tell.js";

/** @param {function} settle as `lib/settle.js` makes it */
export function rules(settle) {
  const lists = h("div", { class: "stack" });
  const element = h("section", { class: "panel rules", "aria-labelledby": "rules-title" }, h("h2", { id: "rules-title", tabIndex: -1 }, "Never written"), lists);

  const show = (told) => replace(lists, ...content(told));
  const reload = async () => show(await call("rules.list"));

  async function decide(rule, decision, told, row) {
    const focused = row.contains(document.activeElement);
    const done = await settle({
      mark: element,
      paint: () => {
        row.hidden = true;
        if (focused) element.firstChild.focus();
      },
      back: () => (row.hidden = false),
      send: () => call("rules.decide", { word: rule.word, decision }),
    });
    if (!done) return;
    show(done);
    // A rule that was dropped comes back as a rule; any other decision is as if it had not been made.
    const undo = decision === "drop" ? "accept" : "reopen";
    tell(told, { undo: async () => show(await call("rules.decide", { word: rule.word, decision: undo })) });
  }

  function row(rule, more, ...decisions) {
    const element = h("li", { class: "row middle" }, h("span", { class: "spring" }, h("b", null, keyword(rule.word)), " ", h("span", { class: "hint" }, more)));
    for (const [label, decision, told] of decisions) {
      element.append(button(label, () => decide(rule, decision, told, element), { "aria-label": `${label}: ${keyword(rule.word)}` }));
    }
    return element;
  }

  function content({ offered, accepted }) {
    const offers = offered.map((rule) =>
      row(
        rule,
        `taken away from ${count(rule.photos, "photo")}`,
        ["Never write it", "accept", `“${keyword(rule.word)}” is never written again`],
        ["Leave it", "refuse", `“${keyword(rule.word)}” may be written`],
      ),
    );
    const inForce = accepted.map((rule) =>
      row(rule, rule.photos ? `taken away from ${count(rule.photos, "photo")}` : "", ["Take back", "drop", `“${keyword(rule.word)}” may be written again`]),
    );
    if (!offers.length && !inForce.length) {
      return [h("p", { class: "hint" }, "No rule yet. A keyword of ours that you take away from three photos is offered here as one.")];
    }
    return [offers.length ? h("ul", { class: "plain", "aria-label": "Offered" }, ...offers) : null, inForce.length ? h("ul", { class: "plain", "aria-label": "In force" }, ...inForce) : null];
  }

  return { element, reload };
}
