// Pending sessions of the connect flow, and a form that starts the flow.
import {handleOf} from "./account.js";
import {field, form, input, numberOf, select, textOf} from "../actions.js";
import {newestOf, platforms} from "../api.js";
import {
  badge,
  card,
  contentKey,
  definitions,
  disclosure,
  emptyNote,
  hint,
  olderNote,
  panel,
  Rows,
  setBadge,
} from "../blocks.js";
import {clock, relativeTime} from "../live.js";
import {el, setText} from "../../shared/dom.js";

const ABOUT =
  "When a customer approves and has several pages to choose from, a session holds them. Finalizing uses it up.";
const MAX_ENTRIES = 100;
const PENDING_PATH = "/api/v1/social-accounts/pending/";
const OUTCOME_PARAMETERS = ["status", "session_token", "account_ids", "error"];

// The outcome of the connect flow, if the console was its redirect_uri. Read once: a reload does not show it again.
const query = new URLSearchParams(location.search);
const outcome = OUTCOME_PARAMETERS.filter((name) => query.has(name)).map((name) => [name, query.get(name)]);
if (outcome.length) history.replaceState(null, "", `${location.pathname}#sessions`);

export function sessionsPanel() {
  const list = el("ul", {class: "rows"});
  const none = emptyNote("No session is pending.");
  const rows = new Rows(list, sessionRow);
  const forms = [card("Mint a session", mintForm()), card("Go through the connect page", connectForm())];
  const older = olderNote(MAX_ENTRIES);
  const {node} = panel("Sessions", ABOUT, outcomeCard(), none, list, older, el("div", {class: "cards"}, ...forms));
  const update = async () => {
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

function sessionRow(session) {
  const [expires, about] = [badge(), hint()];
  const row = disclosure([el("code", {}, session.session_token), expires, about], (body) =>
    body.replaceChildren(el("ul", {}, ...session.pages.map(pageItem)), nextRequest(session)),
  );
  const update = ({network, pages, tenant_id: tenant, expires_at: expiry}) => {
    if (expiry === null) setBadge(expires, "never expires", "good");
    else if (Date.parse(expiry) <= clock.now()) setBadge(expires, "expired", "bad");
    else setBadge(expires, `expires ${relativeTime(expiry)}`, "good");
    setText(about, [network, `${pages.length} pages`, tenant].filter(Boolean).join(" · "));
  };
  return {node: el("li", {}, ...row), update};
}

const pageItem = (page) =>
  el("li", {}, el("code", {}, page.id), ` ${page.name} `, hint(handleOf(page.username) || page.type));

const nextRequest = (session) =>
  el(
    "p",
    {class: "hint"},
    "The API lists these pages at ",
    el("code", {}, PENDING_PATH + session.session_token),
    " and connects those that are posted to ",
    el("code", {}, "/finalize"),
    " there.",
  );

function mintForm() {
  const network = field("Network", select(platforms(), "facebook"), {pointer: "/network"});
  const pages = field("Pages", input({inputmode: "numeric", value: "3"}), {
    pointer: "/pages",
    hint: "At least 2; a single page needs no session.",
  });
  const tenant = field("Tenant", input(), {pointer: "/tenant_id"});
  const expires = field("Expires in (s)", input({inputmode: "numeric"}), {
    pointer: "/expires_in",
    hint: "15 minutes if empty; 0 expires at once.",
  });
  const body = () => ({
    network: network.control.value,
    pages: numberOf(pages),
    tenant_id: textOf(tenant),
    expires_in: numberOf(expires),
  });
  return form({
    label: "Mint a session",
    submit: "Mint",
    fields: [network, pages, tenant, expires],
    request: () => ({method: "POST", path: "/sessions", body: body()}),
    success: "Session minted",
  }).node;
}

// Gets an auth URL from the API, as an integrator's backend does; the user opens it.
function connectForm() {
  const network = field("Platform", select(platforms(), "facebook"));
  const redirect = field("Come back to", input({type: "url", value: new URL("/_mock/", location.origin).href}), {
    pointer: "/redirect_uri",
    hint: "The integrator's page, or this console.",
    wide: true,
  });
  const tenant = field("Tenant", input(), {pointer: "/tenant_id"});
  const result = el("p", {class: "actions"});
  const request = () => ({
    method: "POST",
    api: true,
    apiUrl: (response) => response.auth_url,
    path: `/api/v1/social-networks/${network.control.value}/auth-url`,
    body: {redirect_uri: textOf(redirect), tenant_id: textOf(tenant)},
  });
  const then = ({auth_url: href}) => {
    if (!/^https?:/.test(href)) return;
    // With an opener, the new tab inherits this tab's world when the flow comes back to the console.
    const link = el("a", {href, target: "_blank", rel: "opener", class: "button"}, "Open the connect page");
    result.replaceChildren(link);
    link.focus();
  };
  const {node} = form({
    label: "Connect page",
    submit: "Get an auth URL",
    fields: [network, redirect, tenant],
    request,
    success: "Auth URL made",
    then,
  });
  return el("div", {}, node, result);
}
