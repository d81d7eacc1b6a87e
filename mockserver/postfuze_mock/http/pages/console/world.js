// The world as a whole: reset, begun anew, saved to a file and put back.
import {lever} from "./buttons.js";
import {el} from "./dom.js";
import {field, form, input, number, select} from "./form.js";
import {act} from "./outcome.js";
import {panel} from "./panel.js";
import {title} from "./worlds.js";

const SHIPPED = ["demo", "empty", "large"];
const LONG = 60_000; // milliseconds

export function world() {
  const {node, problem} = panel("World", `Everything of the world ${title()}, and of it alone.`);
  node.append(el("div", {class: "cards"}, resetting(problem), exporting(), anew(), importing(problem)));
  return {node, async look() {}};
}

const card = (heading, about, ...content) =>
  el("div", {class: "card"}, el("h3", {}, heading), el("p", {class: "hint"}, about), ...content);

function resetting(place) {
  const one = lever("Reset this world …", {
    call: () => ({method: "POST", path: "/reset"}),
    done: "World reset",
    place,
    kind: "danger",
    asks: {
      title: `Reset the world ${title()}?`,
      text: "Its data, clock, faults, journal, webhooks and events become what they were at first.",
    },
  });
  const all = lever("Reset all worlds …", {
    call: () => ({method: "POST", path: "/reset?all=true"}),
    done: "All worlds reset",
    place,
    kind: "danger",
    asks: {title: "Reset all worlds?", text: "Also those that others work with on this server."},
  });
  return card("Reset", "Back to how it was first made.", el("p", {class: "actions"}, one, all));
}

function anew() {
  const name = field("Description", select(SHIPPED, "empty"), {pointer: "/world"});
  const seed = field("Seed", input({inputmode: "numeric"}), {pointer: "/seed", hint: "The server's if empty."});
  const {node} = form({
    label: "Start anew",
    submit: "Start anew",
    fields: [name, seed],
    call: () => ({method: "POST", path: "/reset", body: {world: name.control.value, seed: number(seed)}}),
    done: () => "World started anew",
  });
  return card("Start anew", "From another description, which a reset then comes back to.", node);
}

function exporting() {
  const save = el(
    "button",
    {
      type: "button",
      onclick: async () => {
        const {answer, error} = await act({path: "/state"}, {done: "World exported"});
        if (!error) download(JSON.stringify(answer), `${title()}.json`);
      },
    },
    "Export",
  );
  return card("Export", "The whole world as one JSON file.", el("p", {class: "actions"}, save));
}

function download(text, name) {
  const url = URL.createObjectURL(new Blob([text], {type: "application/json"}));
  el("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), LONG);
}

function importing(place) {
  const file = field("File", el("input", {type: "file", accept: "application/json,.json"}), {wide: true});
  const onsubmit = async (event) => {
    event.preventDefault();
    const [chosen] = file.control.files;
    file.tell(chosen ? null : "Choose a file that was exported.");
    if (chosen)
      await act(
        {method: "PUT", path: "/state", body: await chosen.text()},
        {done: "World imported", place, file: chosen.name},
      );
  };
  const node = el(
    "form",
    {"aria-label": "Import", onsubmit},
    el("div", {class: "fields"}, file.node),
    el("p", {class: "actions"}, el("button", {class: "danger"}, "Import")),
  );
  return card("Import", "In the place of this world.", node);
}
