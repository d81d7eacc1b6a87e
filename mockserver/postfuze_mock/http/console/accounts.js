// The world's accounts: found, and one of them opened beside the list.
import {account} from "./account.js";
import {get} from "./call.js";
import {el, Rows, setText} from "./dom.js";
import {checkbox, field, input, select} from "./form.js";
import * as live from "./live.js";
import {badge, empty, mark, panel} from "./panel.js";
import {platforms, statuses} from "./spec.js";
import {distance, instant} from "./times.js";

const STEP = 50;
const UUID = /^[0-9a-f-]{36}$/i;
const KINDS = {active: "good", disabled: "mute", token_expired: "warn", revoked: "bad"};

// Some platforms' handles have the @ already.
export const handleOf = (username) => (username ? `@${username.replace(/^@/, "")}` : "");

export const kindOf = (status) => KINDS[status] ?? "mute";

export function accounts() {
  const search = field("Search", input({type: "search", placeholder: "Name, id, network id, tenant"}));
  const status = field("Status", select([["", "Any"], ...statuses()]));
  const platform = field("Platform", select([["", "Any"], ...platforms()]));
  const deleted = checkbox("Deleted ones too");
  const body = el("tbody");
  const none = empty("No account matches.");
  const count = el("p", {class: "hint"});
  const more = el("button", {type: "button", hidden: true, onclick: () => ((limit += STEP), live.soon())}, `Show ${STEP} more`);
  const tools = el("div", {class: "tools", role: "search"}, search.node, status.node, platform.node, deleted.node);
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...["Account", "Platform", "Status", "Token expires", "Tenant", "Created"].map((each) => el("th", {scope: "col"}, each)))), body);
  const detail = el("aside", {"aria-label": "The open account", hidden: true});
  const list = el("div", {class: "list"}, tools, none, table, el("div", {class: "foot"}, count, more));
  const {node} = panel("Accounts", null, el("div", {class: "split"}, list, detail));
  const rows = new Rows(body, row);
  let limit = STEP;
  let open = null;
  let focusFrom = null;

  for (const {control} of [search, status, platform, deleted]) control.addEventListener("input", () => ((limit = STEP), live.soon()));
  detail.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && shut());

  function shut() {
    location.hash = "accounts";
    (focusFrom?.isConnected ? focusFrom : node.querySelector("h2")).focus();
  }

  async function look() {
    const asked = new URLSearchParams(Object.entries({q: search.control.value.trim(), status: status.control.value, platform: platform.control.value}).filter(([, value]) => value));
    if (deleted.control.checked) asked.set("deleted", "true");
    asked.set("limit", Math.min(limit + 1, 1000)); // one more tells whether there are more
    const {data} = await get(`/accounts?${asked}`);
    rows.show(data.slice(0, limit));
    setText(count, `${Math.min(data.length, limit)} shown, newest first${data.length > limit ? "; more match." : "."}`);
    more.hidden = data.length <= limit;
    none.hidden = data.length > 0;
    table.hidden = data.length === 0;
    await open?.look();
  }

  return {
    node,
    look,
    open([id]) {
      if (open?.id === id) return;
      if (document.activeElement?.closest("tbody") === body) focusFrom = document.activeElement;
      open = id && UUID.test(id) ? account(id, shut) : null;
      detail.replaceChildren(...(open ? [open.node] : []));
      detail.hidden = open === null;
      node.classList.toggle("opened", open !== null);
      open?.node.querySelector("h3").focus();
    },
  };
}

function row(item) {
  const link = el("a", {href: `#accounts/${item.id}`});
  const [handle, under] = [el("span", {class: "hint"}), el("span", {class: "hint phone"})];
  const [status, gone] = [badge(), el("span", {class: "badge bad", hidden: true}, "deleted")];
  const [platform, expires, tenant, created] = ["", "", "", ""].map(() => el("td"));
  const node = el("tr", {onclick: (event) => event.target.closest("a") || String(getSelection()) || link.click()}, el("td", {}, link, " ", handle, " ", under), platform, el("td", {}, status, " ", gone), expires, tenant, created);
  const update = (account) => {
    setText(link, account.display_name || account.username || account.id);
    setText(handle, handleOf(account.username));
    setText(under, account.username ? `· ${account.platform}` : account.platform);
    setText(platform, account.platform);
    mark(status, account.status, kindOf(account.status));
    gone.hidden = !account.deleted;
    setText(expires, distance(account.token_expires_at));
    expires.title = account.token_expires_at ?? "";
    setText(tenant, account.tenant_id ?? "–");
    setText(created, instant(account.created_at).slice(0, 10));
    if (location.hash === `#accounts/${account.id}`) node.setAttribute("aria-selected", "true");
    else node.removeAttribute("aria-selected");
  };
  return {node, update};
}
