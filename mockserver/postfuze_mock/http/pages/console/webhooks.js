// Where this world's events go.
import {lever} from "./buttons.js";
import {get} from "./call.js";
import {copyable} from "./copying.js";
import {el, Rows, setText} from "./dom.js";
import {checkbox, field, form, input, text} from "./form.js";
import {empty, panel} from "./panel.js";
import {eventNames} from "./spec.js";

const ABOUT = "Events are delivered over real HTTP to loopback, and to the hosts that the server was told to allow.";

export function webhooks() {
  const list = el("ul", {class: "rows"});
  const none = empty("This world tells nobody of its events.");
  const secrets = el("div", {role: "status"});
  const {node, problem} = panel("Webhooks", ABOUT, secrets, none, list);
  let known = [];
  const put = (body) => ({method: "PUT", path: "/webhooks", body});
  const rows = new Rows(list, (hook) => row(hook, () => put(known.filter((each) => each !== known[hook.id])), problem));
  node.append(
    adding(
      () => known,
      put,
      (answer) => tell(secrets, answer),
    ),
  );
  return {
    node,
    async look() {
      known = (await get("/webhooks")).data;
      rows.show(known.map((each, at) => ({...each, id: at})));
      none.hidden = known.length > 0;
    },
  };
}

// A secret that was made is shown once: the server does not tell it again.
function tell(place, answer) {
  const made = answer.data.filter((each) => each.signing_secret);
  place.replaceChildren(
    ...made.map((each) =>
      el(
        "div",
        {class: "card good"},
        el("p", {}, `The signing secret of ${each.url}, shown this once:`),
        copyable("Signing secret", each.signing_secret).node,
      ),
    ),
  );
}

function row(hook, call, place) {
  const [url, names, about] = [el("b"), el("span", {class: "hint"}), el("span", {class: "hint"})];
  const remove = lever("Remove", {
    call,
    done: "Webhook removed",
    place,
    kind: "small",
    "aria-label": `Remove the webhook ${hook.url}`,
  });
  const update = (told) => {
    setText(url, told.url);
    setText(names, told.events.length === eventNames().length ? "all events" : told.events.join(", "));
    setText(about, told.description ?? "");
  };
  return {node: el("li", {class: "line"}, url, names, about, remove), update};
}

// `known()` are the webhooks that there are: the whole list is put.
function adding(known, put, then) {
  const url = field("URL", input({type: "url", placeholder: "http://127.0.0.1:9000/hooks"}), {wide: true});
  const about = field("Description", input(), {wide: true});
  Object.defineProperty(url, "pointer", {get: () => `/${known().length}/url`});
  const names = eventNames().map((name) => ({name, ...checkbox(name, {checked: true})}));
  const chosen = () => names.filter((each) => each.control.checked).map((each) => each.name);
  const made = () => ({
    url: url.control.value.trim(),
    events: chosen().length === names.length ? undefined : chosen(),
    description: text(about),
  });
  const rows = [
    el("div", {class: "fields"}, url.node, about.node),
    el("fieldset", {}, el("legend", {}, "Events"), ...names.map((each) => each.node)),
  ];
  const {node} = form({
    label: "Add a webhook",
    submit: "Add",
    fields: [url, about],
    rows,
    call: () => put([...known(), made()]),
    done: () => "Webhooks set",
    then,
  });
  return el("div", {class: "card"}, el("h3", {}, "Add a webhook"), node);
}
