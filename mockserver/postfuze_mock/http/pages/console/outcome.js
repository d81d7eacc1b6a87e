// What was just sent, as a curl, and what came of it. Every action goes through `act`.
import {prepared, Refusal, send, Unreachable} from "./call.js";
import {copyable} from "./copying.js";
import {curl} from "./curl.js";
import {el, setText} from "./dom.js";
import {soon} from "./live.js";

const KEPT = 10;
const PATIENCE = 60_000; // milliseconds; a large world takes a while to restore

const said = el("p", {id: "outcome", role: "status"}, "Nothing sent yet. Each action shows its curl here.");
const last = copyable("Curl of the last action");
const earlier = el("ol");
const history = el("details", {hidden: true}, el("summary", {}, "Earlier"), earlier);
const sent = el("details", {id: "sent", hidden: true}, el("summary", {}, "What I just sent"), last.node, history);
document.querySelector("footer").append(said, sent);

// Sends {method, path, body}; `done` says in words what it does when it works. `place` is where a refusal is shown, if
// the caller does not show it. Returns {answer} or {error}.
export async function act(call, {done, place = null, file = null}) {
  const request = prepared(call);
  const shown = curl(request, file);
  if (place) show(place, null);
  try {
    const {status, answer} = await send(request, PATIENCE);
    tell("good", `${done} (${status})`, call.home ? curl(elsewhere(request, call.home(answer))) : shown);
    return {answer};
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
    tell(
      "bad",
      error instanceof Refusal ? `Refused (${error.problem.status}): ${error.message}` : error.message,
      shown,
    );
    if (place) show(place, error);
    return {error};
  } finally {
    soon();
  }
}

// The levers may have a port of their own, which answers the console alone what is the API's: a shell has to call `home`.
function elsewhere(request, home) {
  const url = new URL(request.url);
  url.port = new URL(home).port;
  return {...request, url: url.href};
}

// Shows in `place` what was refused, with the field of each error; null clears it.
export function show(place, error) {
  if (error === null) return place.replaceChildren();
  const errors = error.problem?.errors ?? [];
  const list = errors.map((each) =>
    el("li", {}, el("code", {}, each.pointer || each.name || each.in), ` ${each.message}`),
  );
  return place.replaceChildren(el("p", {}, error.message), ...(list.length ? [el("ul", {}, ...list)] : []));
}

function tell(kind, text, line) {
  said.className = kind;
  setText(said, ""); // so that the same words are said again
  setText(said, text);
  if (!sent.hidden) earlier.prepend(el("li", {}, el("pre", {tabindex: "0"}, last.text())));
  history.hidden = earlier.children.length === 0;
  while (earlier.children.length > KEPT) earlier.lastChild.remove();
  last.show(line);
  sent.hidden = false;
}
