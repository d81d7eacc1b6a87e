// A pending session: how long it lives, its pages to tick, and the call that connects them.
import {checkbox, form} from "../../actions.js";
import {curl, prepare} from "../../api.js";
import {badge, disclosure, hint, setBadge} from "../../blocks.js";
import {apiOrigin} from "../../facts.js";
import {handleOf} from "../accounts/account.js";
import {clock, onTick, relativeTime} from "../../live.js";
import {copyable, el, setText} from "../../../shared/dom.js";

const PENDING_PATH = "/api/v1/social-accounts/pending/";
const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
const AS_INTEGRATOR = "No key is needed, as for your backend: the session token is enough.";

// A row of the list; `onConnect(accounts)` is called when its pages were connected.
export function sessionRow(session, onConnect) {
  const [expires, about] = [badge(), hint()];
  const path = PENDING_PATH + session.session_token;
  const listing = copyable("Curl: the pages of the session");
  const {node: finalize, updatePreview} = finalizeForm(session, path, onConnect);
  const [line, body] = disclosure([el("code", {}, session.session_token), expires, about], () => {
    listing.setText(curl({...prepare({path, api: true}), url: apiOrigin() + path}));
    updatePreview();
  });
  const list = el("details", {}, el("summary", {}, "List the pages, as curl"), listing.node);
  body.append(finalize, list);
  const node = el("li", {}, line, body);
  let expiry = null;
  const showExpiry = () => setBadge(expires, ...expiryOf(expiry));
  onTick(() => node.isConnected && showExpiry());
  const update = ({network, pages, tenant_id: tenant, expires_at: at}) => {
    expiry = at;
    showExpiry();
    setText(about, [network, `${pages.length} pages`, tenant].filter(Boolean).join(" · "));
  };
  return {node, update};
}

// The text of the badge, and its kind.
function expiryOf(expiry) {
  if (expiry === null) return ["never expires", "good"];
  const left = Date.parse(expiry) - clock.now();
  if (left <= 0) return ["expired", "bad"];
  return [`expires ${left < HOUR ? `in ${countdown(left)}` : relativeTime(expiry)}`, left < MINUTE ? "warn" : "good"];
}

// "14:59"
function countdown(left) {
  const seconds = Math.ceil(left / SECOND);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function finalizeForm({pages}, path, onConnect) {
  const boxes = pages.map((page, index) => ({page, ...checkbox(page.name, {checked: index === 0})}));
  const ticked = () => boxes.filter(({control}) => control.checked).map(({page}) => page.id);
  return form({
    label: "Pages to connect",
    submit: "Finalize",
    fields: [],
    layout: [el("ul", {class: "pages"}, ...boxes.map(pageItem)), el("p", {class: "hint"}, AS_INTEGRATOR)],
    request: () => ({method: "POST", api: true, path: `${path}/finalize`, body: {selectedPageIds: ticked()}}),
    success: "Connected",
    undoable: true,
    then: ({connectedAccounts}) => onConnect(connectedAccounts),
  });
}

const pageItem = ({node, page}) =>
  el("li", {}, node, el("code", {}, page.id), " ", hint(handleOf(page.username) || page.type));
