// Pending sessions of the connect flow, and forms that start the flow.
import {linkTo, newestOf} from "../../api.js";
import {card, contentKey, definitions, emptyNote, olderNote, panel, Rows} from "../../blocks.js";
import {loadFacts} from "../../facts.js";
import {connectForm, mintForm} from "./connecting.js";
import {sessionRow} from "./session.js";
import {el} from "../../../shared/dom.js";

const ABOUT =
  "When a customer approves and has several pages to choose from, a session holds them. Finalizing uses it up.";
const MAX_ENTRIES = 100;
const OUTCOME_PARAMETERS = ["status", "session_token", "account_ids", "error"];

// The outcome of the connect flow, if the console was its redirect_uri. Read once: a reload does not show it again.
const query = new URLSearchParams(location.search);
const outcome = OUTCOME_PARAMETERS.filter((name) => query.has(name)).map((name) => [name, query.get(name)]);
if (outcome.length) history.replaceState(null, "", `${location.pathname}#sessions`);

export function sessionsPanel() {
  const list = el("ul", {class: "rows"});
  const none = emptyNote("No session is pending. Mint one below, or go through the connect page as a customer does.");
  const connected = el("div", {role: "status"});
  const onConnect = (accounts) => connected.replaceChildren(connectedCard(accounts));
  const rows = new Rows(list, (session) => sessionRow(session, onConnect));
  const forms = [card("Mint a session", mintForm()), card("Go through the connect page", connectForm())];
  const cards = el("div", {class: "cards"}, ...forms);
  const link = el("a", {href: linkTo("scenarios")}, "Scenarios");
  const late = el("p", {class: "about"}, "Finalize late, twice, or with a page not offered: see ", link, ".");
  const older = olderNote(MAX_ENTRIES);
  const {node} = panel("Sessions", ABOUT, outcomeCard(), connected, none, list, older, cards, late);
  const loading = loadFacts();
  const update = async () => {
    await loading;
    const {entries, more} = await newestOf("/sessions", [], MAX_ENTRIES);
    rows.update(entries.reverse(), ({session_token: token, pages}) => contentKey(token, pages));
    none.hidden = entries.length > 0;
    older.hidden = !more;
  };
  return {node, update};
}

function outcomeCard() {
  if (!outcome.length) return null;
  return el("div", {class: "card good"}, el("h3", {}, "The connect flow came back"), definitions(outcome));
}

// The accounts that a session's pages have become.
function connectedCard(accounts) {
  const items = accounts.map(({id, nickname, network}) =>
    el("li", {}, el("a", {href: linkTo("accounts", id)}, nickname ?? id), ` ${network}`),
  );
  return el("div", {class: "card good"}, el("h3", {}, "Connected"), el("ul", {}, ...items));
}
