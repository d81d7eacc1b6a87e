// "Send a test event": to see whether a receiver takes it, while nothing happens to an account.
import {actionButton, field, form, input, select, textOf} from "../../actions.js";
import {eventNames, linkTo} from "../../api.js";
import {card, hint} from "../../blocks.js";
import {webhookChoice} from "./form.js";
import {el} from "../../../shared/dom.js";

const ABOUT = "With the body of a real one, signed and retried; nothing happens to the account.";
const ALL = "All that subscribe";
const SENT = "Test event sent";

// A button that sends one to the webhook that `webhook()` returns.
export function testEventButton(webhook, problem) {
  return actionButton("Send a test event", {
    request: () => ({method: "POST", path: "/events", body: {event: webhook().events[0], webhook: webhook().url}}),
    success: SENT,
    problem,
    kind: "small",
  });
}

// {node, update(webhooks)}
export function testEventForm() {
  const event = field("Event", select(eventNames()), {pointer: "/event"});
  const webhook = webhookChoice(ALL, "/webhook");
  const account = field("Account", input({placeholder: "The newest"}), {pointer: "/account"});
  const sent = el("p", {role: "status"});
  const body = () => ({
    event: event.control.value,
    webhook: webhook.control.value || undefined,
    account: textOf(account),
  });
  const {node} = form({
    label: "Send a test event",
    submit: "Send",
    fields: [event, webhook, account],
    request: () => ({method: "POST", path: "/events", body: body()}),
    success: SENT,
    then: ({id}) => sent.replaceChildren(el("a", {href: linkTo("events", "open", id)}, "See its delivery")),
  });
  return {node: card("Send a test event", hint(ABOUT), node, sent), update: webhook.setUrls};
}
