// The form for a new webhook, or for one that exists; and the choice of one.
import {checkbox, field, form, input, select, textOf} from "../../actions.js";
import {eventNames} from "../../api.js";
import {el} from "../../../shared/dom.js";

const SECRET_BYTES = 24;

// A secret like those that the server makes.
export function newSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return `whsec_${[...bytes].map((each) => each.toString(16).padStart(2, "0")).join("")}`;
}

// `webhook` is the one to change, if any; `request(fields)` replaces the whole list, so errors point to the webhook by
// `index()`, its place there.
export function webhookForm({label, submit, webhook = null, index, request, then}) {
  const url = webhook ? null : field("URL", input({type: "url", placeholder: "http://127.0.0.1:9000/hooks"}), {wide: true});
  const description = field("Description", input({value: webhook?.description ?? ""}), {wide: true});
  const secret = field("Signing secret", input(), {
    wide: true,
    hint: webhook ? "It keeps its own if empty." : "The mock makes one if empty.",
  });
  const boxes = eventNames().map((name) => {
    const {node, control} = checkbox(name, {checked: webhook?.events.includes(name) ?? true});
    return {name, node, control};
  });
  const fields = [url, description, secret].filter(Boolean);
  pointTo(url, index, "url");
  pointTo(secret, index, "signing_secret");
  const values = () => {
    const names = boxes.filter((each) => each.control.checked).map((each) => each.name);
    return {
      ...(url ? {url: url.control.value.trim()} : {}),
      events: names.length === boxes.length ? undefined : names,
      description: textOf(description),
      signing_secret: textOf(secret),
    };
  };
  const layout = [
    el("div", {class: "fields"}, ...fields.map((each) => each.node)),
    el("fieldset", {}, el("legend", {}, "Events"), ...boxes.map((each) => each.node)),
  ];
  return form({
    label,
    submit,
    fields,
    layout,
    request: () => request(values()),
    success: webhook ? `Webhook ${webhook.url} changed` : "Webhook added",
    undoable: true,
    then,
  }).node;
}

// A choice of one webhook, or of none (`any`): a field with {setUrls(webhooks), choose(url)}. A URL that was chosen stays.
export function webhookChoice(any, pointer = "") {
  const choice = field("Webhook", select([["", any]]), {pointer});
  const {control} = choice;
  const offer = (urls) => {
    const all = ["", ...new Set([...urls, control.value].filter(Boolean))];
    if (all.join(" ") === [...control.options].map(({value}) => value).join(" ")) return;
    const {value} = control;
    control.replaceChildren(...all.map((url) => el("option", {value: url}, url || any)));
    control.value = value;
  };
  const choose = (url) => {
    offer([...[...control.options].map(({value}) => value), url]);
    control.value = url;
  };
  return {...choice, setUrls: (webhooks) => offer(webhooks.map(({url}) => url)), choose};
}

function pointTo(each, index, member) {
  if (each) Object.defineProperty(each, "pointer", {get: () => `/${index()}/${member}`});
}
