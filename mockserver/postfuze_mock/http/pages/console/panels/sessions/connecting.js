// The two ways to a pending session: minted at once, or through the connect page.
import {field, form, input, numberOf, select, textOf} from "../../actions.js";
import {platforms} from "../../api.js";
import {el} from "../../../shared/dom.js";

export function mintForm() {
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
    undoable: true,
  }).node;
}

// Gets an auth URL from the API, as an integrator's backend does; the user opens it.
export function connectForm() {
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
