// The webhooks that the world's events are delivered to.
import {actionButton, checkbox, field, form, input, textOf} from "../actions.js";
import {eventNames, get} from "../api.js";
import {card, contentKey, emptyNote, hint, panel, Rows} from "../blocks.js";
import {copyable, el, setText} from "../../shared/dom.js";

const WEBHOOKS_ABOUT =
  "Events are delivered over real HTTP to loopback addresses, and to the hosts that the server is allowed to reach.";

export function webhooksPanel() {
  const list = el("ul", {class: "rows"});
  const none = emptyNote("This world has no webhooks.");
  const secrets = el("div", {role: "status"});
  const {node, problem} = panel("Webhooks", WEBHOOKS_ABOUT, secrets, none, list);
  let webhooks = [];
  const put = (body) => ({method: "PUT", path: "/webhooks", body});
  const allBut = (index) => put(webhooks.filter((_, position) => position !== index));
  const rows = new Rows(list, (webhook) => webhookRow(webhook, () => allBut(webhook.id), problem));
  const addForm = webhookForm({
    nextIndex: () => webhooks.length,
    request: (webhook) => put([...webhooks, webhook]),
    then: (body) => showSecrets(secrets, body.data),
  });
  node.append(card("Add a webhook", addForm));
  const update = async () => {
    webhooks = (await get("/webhooks")).data;
    const items = webhooks.map((each, index) => ({...each, id: index}));
    rows.update(items, ({id, url}) => contentKey(id, url));
    none.hidden = webhooks.length > 0;
  };
  return {node, update};
}

// Shows the secrets that the server has just generated: it does not return them again.
function showSecrets(box, webhooks) {
  const cards = webhooks
    .filter((webhook) => webhook.signing_secret)
    .map(({url, signing_secret: secret}) =>
      el(
        "div",
        {class: "card good"},
        el("p", {}, `The signing secret of ${url}, shown only now:`),
        copyable("Signing secret", secret).node,
      ),
    );
  box.replaceChildren(...cards);
}

function webhookRow(webhook, request, problem) {
  const [url, names, about] = [el("b"), hint(), hint()];
  const remove = actionButton("Remove", {
    request,
    success: "Webhook removed",
    problem,
    kind: "small",
    "aria-label": `Remove the webhook ${webhook.url}`,
  });
  const update = (current) => {
    setText(url, current.url);
    setText(names, current.events.length === eventNames().length ? "all events" : current.events.join(", "));
    setText(about, current.description ?? "");
  };
  return {node: el("li", {class: "line"}, url, names, about, remove), update};
}

// The request replaces the whole list: errors point at the new webhook by `nextIndex()`; `request(webhook)` adds it.
function webhookForm({nextIndex, request, then}) {
  const url = field("URL", input({type: "url", placeholder: "http://127.0.0.1:9000/hooks"}), {wide: true});
  const description = field("Description", input(), {wide: true});
  Object.defineProperty(url, "pointer", {get: () => `/${nextIndex()}/url`});
  const boxes = eventNames().map((name) => ({name, ...checkbox(name, {checked: true})}));
  const names = () => boxes.filter((each) => each.control.checked).map((each) => each.name);
  const webhook = () => ({
    url: url.control.value.trim(),
    events: names().length === boxes.length ? undefined : names(),
    description: textOf(description),
  });
  const layout = [
    el("div", {class: "fields"}, url.node, description.node),
    el("fieldset", {}, el("legend", {}, "Events"), ...boxes.map((each) => each.node)),
  ];
  return form({
    label: "Add a webhook",
    submit: "Add",
    fields: [url, description],
    layout,
    request: () => request(webhook()),
    success: "Webhooks set",
    then,
  }).node;
}
