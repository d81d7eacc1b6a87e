// What the user's actions send. The footer shows each as a curl command, with its outcome.
import {curl, prepare, Refusal, send, Unreachable} from "./api.js";
import {showProblem} from "./blocks.js";
import {refresh} from "./live.js";
import {copyable, el, setText} from "../shared/dom.js";

export const TIMEOUT = 60_000; // milliseconds; restoring a large world takes a while
const MAX_HISTORY = 10;

export const outcome = el("p", {id: "outcome", role: "status"}, "Nothing sent yet. Each action shows its curl here.");
const lastCurl = copyable("Curl of the last action");
const earlier = el("ol");
const history = el("details", {hidden: true}, el("summary", {}, "Earlier"), earlier);
const lastAction = el(
  "details",
  {id: "sent", hidden: true},
  el("summary", {}, "What I just sent"),
  lastCurl.node,
  history,
);
document.querySelector("footer").append(outcome, lastAction);

let changed = () => {};

// Calls `listener({method, path})` after each call that has changed something.
export const onChange = (listener) => (changed = listener);

// Sends {method, path, body}. `success` is the message of a success; `problem` is the box for a refusal (null: the
// caller shows it). Returns {body} or {error}.
export async function sendAction(call, {success, problem = null, file = null}) {
  const request = prepare(call);
  const command = curl(request, file);
  if (problem) showProblem(problem, null);
  try {
    const {status, body} = await send(request, TIMEOUT);
    if (request.method !== "GET") changed(call);
    report("good", `${success} (${status})`, call.apiUrl ? curl(atPortOf(call.apiUrl(body), request)) : command);
    return {body};
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
    const reason = error instanceof Refusal ? `Refused (${error.problem.status}): ${error.message}` : error.message;
    report("bad", reason, command);
    if (problem) showProblem(problem, error);
    return {error};
  } finally {
    refresh();
  }
}

// With --control-port, the server serves the API at that port to the console only: a shell needs the API's port.
function atPortOf(apiUrl, request) {
  const url = new URL(request.url);
  url.port = new URL(apiUrl).port;
  return {...request, url: url.href};
}

function report(kind, text, command) {
  outcome.className = kind;
  setText(outcome, ""); // so that screen readers announce the same words again
  setText(outcome, text);
  if (!lastAction.hidden) earlier.prepend(el("li", {}, el("pre", {tabindex: "0"}, lastCurl.text())));
  history.hidden = earlier.children.length === 0;
  while (earlier.children.length > MAX_HISTORY) earlier.lastChild.remove();
  lastCurl.setText(command);
  lastAction.hidden = false;
}
