// The world's accounts: found, and one of them opened beside the list.
import {account} from "./account.js";
import {COLUMNS, row} from "./account_row.js";
import {filter} from "./accounts_filter.js";
import {get} from "./call.js";
import {el, Rows, setText} from "./dom.js";
import * as live from "./live.js";
import {empty, panel} from "./panel.js";

const STEP = 50;
const MOST = 1000; // that the lever shows
const UUID = /^[0-9a-f-]{36}$/i;

export function accounts() {
  const list = listed();
  const detail = el("aside", {"aria-label": "The open account", hidden: true});
  const {node} = panel("Accounts", null, el("div", {class: "split"}, list.node, detail));
  let opened = null;
  let focusFrom = null;

  function shut() {
    location.hash = "accounts";
    (focusFrom?.isConnected ? focusFrom : node.querySelector("h2")).focus();
  }

  function open([id]) {
    if (opened?.id === id) return;
    if (document.activeElement?.closest("tbody")) focusFrom = document.activeElement;
    opened = id && UUID.test(id) ? account(id, shut) : null;
    detail.replaceChildren(...(opened ? [opened.node] : []));
    detail.hidden = opened === null;
    node.classList.toggle("opened", opened !== null);
    opened?.node.querySelector("h3").focus();
  }

  async function look() {
    await list.look();
    await opened?.look();
  }

  detail.addEventListener("keydown", (event) => event.key === "Escape" && shut());
  return {node, look, open};
}

function listed() {
  let limit = STEP;
  const upTo = (number) => {
    limit = number;
    live.soon();
  };
  const wanted = filter(() => upTo(STEP));
  const more = el("button", {type: "button", hidden: true, onclick: () => upTo(limit + STEP)}, `Show ${STEP} more`);
  const [none, count, body] = [empty("No account matches."), el("p", {class: "hint"}), el("tbody")];
  const heads = COLUMNS.map((each) => el("th", {scope: "col"}, each));
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body);
  const rows = new Rows(body, row);

  async function look() {
    const {data} = await get(`/accounts?${wanted.query(Math.min(limit + 1, MOST))}`); // one more tells whether there are
    const shown = data.slice(0, limit);
    rows.show(shown);
    more.hidden = data.length === shown.length;
    setText(count, `${shown.length} shown, newest first${more.hidden ? "." : "; more match."}`);
    none.hidden = shown.length > 0;
    table.hidden = shown.length === 0;
  }

  const node = el("div", {class: "list"}, wanted.node, none, table, el("div", {class: "foot"}, count, more));
  return {node, look};
}
