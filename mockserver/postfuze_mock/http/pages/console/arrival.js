// What the connect flow brought back, where it was told to come back to the console.
import {el} from "./dom.js";
import {pairs} from "./panel.js";

const KNOWN = ["status", "session_token", "account_ids", "error"];
const brought = new URLSearchParams(location.search);
const told = KNOWN.filter((name) => brought.has(name)).map((name) => [name, brought.get(name)]);
// Read once: a page that is loaded again has not come back again.
if (told.length) history.replaceState(null, "", `${location.pathname}#sessions`);

export const arrival = () =>
  told.length ? el("div", {class: "card good"}, el("h3", {}, "The connect flow came back"), pairs(told)) : null;
