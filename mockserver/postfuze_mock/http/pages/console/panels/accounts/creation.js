// The ways to a first account: a dialog that makes one, and what a world without accounts offers.
import {actionButton, field, form, input, select, textOf} from "../../actions.js";
import {linkTo, platforms, statuses} from "../../api.js";
import {openDialog, problemBox} from "../../blocks.js";
import {el} from "../../../shared/dom.js";

const ABOUT = "What is left empty is generated to suit the platform.";

// Asks for the fields of an account, makes it, and opens it.
export function openNewAccount() {
  const fields = {
    platform: field("Platform", select(platforms()), {pointer: "/platform"}),
    status: field("Status", select(statuses()), {pointer: "/status"}),
    display_name: field("Display name", input({autofocus: true}), {pointer: "/display_name", hint: ABOUT}),
    username: field("Username", input(), {pointer: "/username"}),
    tenant_id: field("Tenant", input(), {pointer: "/tenant_id"}),
    id: field("Id", input({placeholder: "A UUID"}), {pointer: "/id"}),
  };
  const body = () => Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, textOf(each)]));
  const {node} = form({
    label: "New account",
    submit: "Make the account",
    fields: Object.values(fields),
    request: () => ({method: "POST", path: "/accounts", body: body()}),
    success: "Account made",
    undoable: true,
    then: ({id}) => {
      dialog.close();
      location.hash = linkTo("accounts", id);
    },
  });
  const dialog = openDialog("New account", node);
}

// What to do in a world without accounts.
export function emptyWorld() {
  const problem = problemBox();
  const demo = actionButton("Start over from demo", {
    request: () => ({method: "POST", path: "/reset", body: {world: "demo"}}),
    success: "Started over from demo",
    problem,
    undoable: true,
  });
  const create = el("button", {type: "button", onclick: openNewAccount}, "Make an account …");
  const link = el("a", {href: linkTo("sessions")}, "Sessions");
  const about = ["This world has no accounts. Make one, connect one in ", link, ", or load the documents' example."];
  const actions = el("p", {class: "actions"}, create, demo);
  return el("div", {class: "empty", hidden: true}, el("p", {}, ...about), actions, problem);
}
