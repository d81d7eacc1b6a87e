// How to call an operation, with samples and a form that sends the call.
import {el} from "../shared/dom.js";

export const calls = (operation, _spec, facts) => el("div", {class: "calls"}, `${operation.method} ${facts.server}${operation.path}`);
