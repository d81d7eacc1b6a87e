// What the world assumes where the documents are silent: those it plays otherwise first, each with a link to the reference.
import {field, select} from "../../actions.js";
import {prepare, Refusal, send} from "../../api.js";
import {card, hint} from "../../blocks.js";
import {el, withCode} from "../../../shared/dom.js";

let all = null; // x-assumptions of the API's specification; empty if it is not served here

async function load() {
  try {
    all ??= (await send(prepare({path: "/openapi.json", api: true}))).body["x-assumptions"];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    all = [];
  }
}

export function assumptionsCard() {
  const [played, others, body] = [el("ul", {class: "assumptions"}), el("ul", {class: "assumptions"}), el("div")];
  const summary = el("summary", {}, "");
  const more = el("details", {}, summary, others);
  let shown = null;
  const update = async (overrides) => {
    await load();
    if (shown === JSON.stringify(overrides)) return;
    shown = JSON.stringify(overrides);
    const other = all.filter(({id}) => !(id in overrides));
    played.replaceChildren(...Object.entries(overrides).map(([id, choice]) => item({id, choice})));
    others.replaceChildren(...other.map(({id, choice}) => item({id, choice})));
    summary.textContent = `${other.length} as the mock assumes by default`;
    const none = hint("None that differs from the mock's own.");
    body.replaceChildren(Object.keys(overrides).length ? played : none, more);
  };
  return {node: card("Assumptions that it plays", body), update};
}

function item({id, choice}) {
  const assumption = all.find((each) => each.id === id);
  return el(
    "li",
    {},
    el("a", {href: `/docs#assumption/${id}`}, id),
    el("code", {}, choice),
    hint(...withCode([assumption?.question, sentence(assumption, choice)].filter(Boolean).join(" "))),
  );
}

// What the choice means, in the words of the specification.
function sentence(assumption, choice) {
  if (assumption?.choice === choice) return assumption.description;
  return assumption?.alternatives.find(({id}) => id === choice)?.description;
}

// Two fields that choose an alternative of an assumption. `value()` is what a reset sends: it keeps those that are played.
export function assumptionFields() {
  const assumption = field("Assumption", select([["", "None"]]), {pointer: "/assume"});
  const alternative = field("Plays", select([]));
  let played = {};
  const chosen = () => all?.find(({id}) => id === assumption.control.value);
  const showAlternatives = () => {
    const each = chosen();
    const ids = each ? [each.choice, ...each.alternatives.filter(isPlayable).map(({id}) => id)] : [];
    alternative.control.replaceChildren(...ids.map((id) => el("option", {value: id}, id)));
    if (each) alternative.control.value = ids.find((id) => id !== (played[each.id] ?? each.choice));
    alternative.node.hidden = !each;
  };
  assumption.control.addEventListener("change", showAlternatives);
  showAlternatives();
  return {
    fields: [assumption, alternative],
    value: () => (chosen() ? {...played, [chosen().id]: alternative.control.value} : undefined),
    update: async (overrides) => {
      await load();
      played = overrides;
      if (assumption.control.options.length > 1) return;
      const options = all.filter(({alternatives}) => alternatives.some(isPlayable));
      assumption.control.append(...options.map(({id}) => el("option", {value: id}, id)));
    },
  };
}

const isPlayable = ({played = true}) => played;
