// Pending sessions of the connect flow: minted here, or made by a person on the connect page.
import {handleOf} from "./account_row.js";
import {arrival} from "./arrival.js";
import {get} from "./call.js";
import {connecting} from "./connecting.js";
import {el, Rows, setText, whole} from "./dom.js";
import {field, form, input, number, select, text} from "./form.js";
import {badge, empty, mark, panel, unfolding} from "./panel.js";
import {platforms} from "./spec.js";
import {clock, distance} from "./instants.js";

const ABOUT =
  "What a customer leaves behind who approved, and has several pages to choose from. A session is used up when it is finalized.";
const PAGES = "/api/v1/social-accounts/pending/";

export function sessions() {
  const list = el("ul", {class: "rows"});
  const none = empty("No session is pending.");
  const rows = new Rows(list, row);
  const {node} = panel(
    "Sessions",
    ABOUT,
    arrival(),
    none,
    list,
    el("div", {class: "cards"}, card("Mint a session", minting()), card("Go through the connect page", connecting())),
  );
  return {
    node,
    async look() {
      const {data} = await get("/sessions");
      rows.show(data.reverse(), ({session_token: token, pages}) => whole(token, pages));
      none.hidden = data.length > 0;
    },
  };
}

const card = (title, content) => el("div", {class: "card"}, el("h3", {}, title), content);

function minting() {
  const network = field("Network", select(platforms(), "facebook"), {pointer: "/network"});
  const pages = field("Pages", input({inputmode: "numeric", value: "3"}), {
    pointer: "/pages",
    hint: "At least 2; one would be connected at once.",
  });
  const tenant = field("Tenant", input(), {pointer: "/tenant_id"});
  const expires = field("Expires in (s)", input({inputmode: "numeric"}), {
    pointer: "/expires_in",
    hint: "15 minutes if empty; 0 is expired at once.",
  });
  const body = () => ({
    network: network.control.value,
    pages: number(pages),
    tenant_id: text(tenant),
    expires_in: number(expires),
  });
  return form({
    label: "Mint a session",
    submit: "Mint",
    fields: [network, pages, tenant, expires],
    call: () => ({method: "POST", path: "/sessions", body: body()}),
    done: () => "Session minted",
  }).node;
}

function row(session) {
  const [expires, about] = [badge(), el("span", {class: "hint"})];
  const {nodes} = unfolding([el("code", {}, session.session_token), expires, about], (body) => {
    const pages = session.pages.map((page) =>
      el(
        "li",
        {},
        el("code", {}, page.id),
        ` ${page.name} `,
        el("span", {class: "hint"}, handleOf(page.username) || page.type),
      ),
    );
    body.replaceChildren(
      el("ul", {}, ...pages),
      el(
        "p",
        {class: "hint"},
        "The API lists these pages at ",
        el("code", {}, PAGES + session.session_token),
        " and connects those that are posted to ",
        el("code", {}, "/finalize"),
        " there.",
      ),
    );
  });
  const update = (told) => {
    const over = told.expires_at !== null && Date.parse(told.expires_at) <= clock.now();
    mark(
      expires,
      over ? "expired" : told.expires_at ? `expires ${distance(told.expires_at)}` : "never expires",
      over ? "bad" : "good",
    );
    setText(about, [told.network, `${told.pages.length} pages`, told.tenant_id].filter(Boolean).join(" · "));
  };
  return {node: el("li", {}, ...nodes), update};
}
