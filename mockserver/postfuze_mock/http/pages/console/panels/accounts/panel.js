// The world's accounts: a list that can be searched, and one of them open beside it.
import {accountDetail, handleOf, nameOf, statusKind} from "./account.js";
import {checkbox, field, input, select} from "../../actions.js";
import {firstOf, linkTo, platforms, statuses} from "../../api.js";
import {badge, emptyNote, hint, panel, Rows, setBadge} from "../../blocks.js";
import {formatTime, refresh, relativeTime} from "../../live.js";
import {emptyWorld, openNewAccount} from "./creation.js";
import {el, setAttribute, setText} from "../../../shared/dom.js";

const PAGE_SIZE = 50;
const UUID = /^[0-9a-f-]{36}$/i;
const SEARCHED = "id, username, display name, network id and tenant";
const COLUMNS = ["Account", "Platform", "Status", "Token expires", "Tenant", "Created"];

export function accountsPanel() {
  const list = accountList();
  const aside = el("aside", {"aria-label": "The open account", hidden: true});
  const {node} = panel("Accounts", null, el("div", {class: "split"}, list.node, aside));
  let detail = null;
  let opener = null; // the element that had the focus

  function close() {
    location.hash = linkTo("accounts");
    (opener?.isConnected ? opener : node.querySelector("h2")).focus();
  }

  function open([id]) {
    if (detail?.id === id) return;
    if (document.activeElement?.closest("tbody")) opener = document.activeElement;
    detail = id && UUID.test(id) ? accountDetail(id, close) : null;
    aside.replaceChildren(...(detail ? [detail.node] : []));
    aside.hidden = detail === null;
    node.classList.toggle("opened", detail !== null);
    detail?.node.querySelector("h3").focus();
  }

  async function update() {
    await list.update();
    await detail?.update();
  }

  aside.addEventListener("keydown", (event) => event.key === "Escape" && close());
  return {node, update, open};
}

function accountList() {
  let limit = PAGE_SIZE;
  const setLimit = (value) => {
    limit = value;
    refresh();
  };
  const filters = accountFilters(() => setLimit(PAGE_SIZE));
  const create = el("button", {type: "button", class: "primary", onclick: openNewAccount}, "New account …");
  const onclick = () => setLimit(limit + PAGE_SIZE);
  const more = el("button", {type: "button", hidden: true, onclick}, `Show ${PAGE_SIZE} more`);
  const [none, empty] = [emptyNote("No account matches."), emptyWorld()];
  const [count, body] = [el("p", {class: "hint"}), el("tbody")];
  const heads = COLUMNS.map((each) => el("th", {scope: "col"}, each));
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body);
  const rows = new Rows(body, accountRow);

  async function update() {
    const {entries: accounts, more: areMore, total} = await firstOf("/accounts", filters.values(), limit);
    rows.update(accounts);
    more.hidden = !areMore;
    setText(count, countText(accounts.length, total, filters.search()));
    const isFiltered = filters.values().length > 0;
    none.hidden = accounts.length > 0 || !isFiltered;
    empty.hidden = accounts.length > 0 || isFiltered;
    table.hidden = count.hidden = accounts.length === 0;
  }

  filters.node.append(create);
  const node = el("div", {class: "list"}, filters.node, none, empty, table, el("div", {class: "foot"}, count, more));
  return {node, update};
}

// "50 of 10,120, newest first"; without the `total` that a large world does not count
function countText(shown, total, search) {
  const found = search ? ` with “${search}” in ${SEARCHED}` : "";
  const all = total === null ? "" : ` of ${total.toLocaleString("en")}`;
  return `${shown.toLocaleString("en")}${all}${found}, newest first`;
}

// {node, values() → pairs of name and value, search() → text}; `onChange()` is called when a filter changes.
function accountFilters(onChange) {
  const fields = {
    q: field("Search", input({type: "search", placeholder: "Name, id, network id, tenant"})),
    status: field("Status", select([["", "Any"], ...statuses()])),
    platform: field("Platform", select([["", "Any"], ...platforms()])),
  };
  const deleted = checkbox("Include deleted");
  const nodes = [...Object.values(fields), deleted].map((each) => each.node);
  const node = el("div", {class: "tools", role: "search", oninput: onChange}, ...nodes);
  const values = () => {
    const texts = Object.entries(fields).map(([name, {control}]) => [name, control.value.trim()]);
    return [...texts, ["deleted", deleted.control.checked ? "true" : ""]].filter(([, value]) => value);
  };
  return {node, values, search: () => fields.q.control.value.trim()};
}

function accountRow({id}) {
  const hash = linkTo("accounts", id);
  const link = el("a", {href: hash});
  const [handle, phoneHandle] = [hint(), el("span", {class: "hint phone"})];
  const [status, deleted] = [badge(), el("span", {class: "badge bad", hidden: true}, "deleted")];
  const [platform, expires, tenant, created] = Array.from({length: 4}, () => el("td"));
  const node = el(
    "tr",
    // A click anywhere in the row opens the account, unless it ends a selection of text.
    {onclick: (event) => event.target.closest("a") || String(getSelection()) || link.click()},
    el("td", {}, link, " ", handle, " ", phoneHandle),
    platform,
    el("td", {}, status, " ", deleted),
    expires,
    tenant,
    created,
  );
  const update = (account) => {
    setText(link, nameOf(account));
    setText(handle, handleOf(account.username));
    setText(phoneHandle, account.username ? `· ${account.platform}` : account.platform);
    setText(platform, account.platform);
    setBadge(status, account.status, statusKind(account.status));
    deleted.hidden = !account.deleted;
    setText(expires, relativeTime(account.token_expires_at));
    expires.title = account.token_expires_at ?? "";
    setText(tenant, account.tenant_id ?? "–");
    setText(created, formatTime(account.created_at).slice(0, 10));
    setAttribute(node, "aria-selected", location.hash === hash ? "true" : null);
  };
  return {node, update};
}
