// The way through the connect page: an auth URL, asked for as an integrator's backend does, to be opened by a person.
import {el} from "./dom.js";
import {field, form, input, select, text} from "./form.js";
import {platforms} from "./spec.js";

const here = () => new URL("/_mock/", location.origin).href;

export function connecting() {
  const network = field("Platform", select(platforms(), "facebook"));
  const back = field("Come back to", input({type: "url", value: here()}), {
    pointer: "/redirect_uri",
    hint: "The integrator's page; the console if there is none.",
    wide: true,
  });
  const tenant = field("Tenant", input(), {pointer: "/tenant_id"});
  const result = el("p", {class: "actions"});
  const call = () => ({
    method: "POST",
    api: true,
    home: (answer) => answer.auth_url,
    path: `/api/v1/social-networks/${network.control.value}/auth-url`,
    body: {redirect_uri: text(back), tenant_id: text(tenant)},
  });
  const then = ({auth_url}) => {
    if (!/^https?:/.test(auth_url)) return;
    // With the opener, so that the new tab knows this one's world when the flow comes back to the console.
    const link = el("a", {href: auth_url, target: "_blank", rel: "opener", class: "button"}, "Open the connect page");
    result.replaceChildren(link);
    link.focus();
  };
  const {node} = form({
    label: "Connect page",
    submit: "Get an auth URL",
    fields: [network, back, tenant],
    call,
    done: () => "Auth URL made",
    then,
  });
  return el("div", {}, node, result);
}
