// An account as a line of the list.
import {el, setAttribute, setText} from "./dom.js";
import {distance, instant} from "./instants.js";
import {badge, mark} from "./panel.js";

const KINDS = {active: "good", disabled: "mute", token_expired: "warn", revoked: "bad"};

export const COLUMNS = ["Account", "Platform", "Status", "Token expires", "Tenant", "Created"];

// Some platforms' handles have the @ already.
export const handleOf = (username) => (username ? `@${username.replace(/^@/, "")}` : "");

export const kindOf = (status) => KINDS[status] ?? "mute";

export function row(item) {
  const link = el("a", {href: `#accounts/${item.id}`});
  const [handle, under] = [el("span", {class: "hint"}), el("span", {class: "hint phone"})];
  const [status, gone] = [badge(), el("span", {class: "badge bad", hidden: true}, "deleted")];
  const [platform, expires, tenant, created] = ["", "", "", ""].map(() => el("td"));
  const node = el(
    "tr",
    {onclick: (event) => event.target.closest("a") || String(getSelection()) || link.click()},
    el("td", {}, link, " ", handle, " ", under),
    platform,
    el("td", {}, status, " ", gone),
    expires,
    tenant,
    created,
  );
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
    setAttribute(node, "aria-selected", location.hash === `#accounts/${account.id}` ? "true" : null);
  };
  return {node, update};
}
