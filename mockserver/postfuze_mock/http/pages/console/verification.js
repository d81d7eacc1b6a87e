// "Verify the signature": the steps for one delivery, with a secret that stays in the page's memory.
import {field, input, textOf} from "./actions.js";
import {identity} from "./api.js";
import {badge, contentKey, setBadge} from "./blocks.js";
import {canVerify, stepList, steps, WHY_NOT} from "../shared/signature.js";
import {el, setText} from "../shared/dom.js";

const VERDICTS = {valid: "good", invalid: "bad", missing: "bad", unknown: "warn"};

const secrets = new Map(); // by world and URL; gone when the page is left

export const rememberSecret = (url, secret) => secrets.set(contentKey(identity.key, url), secret);

const secretOf = (url) => secrets.get(contentKey(identity.key, url)) ?? "";

// The server's verdict on a signature, {verdict, detail}.
export function verdictBadge({verdict, detail}) {
  const node = badge();
  setBadge(node, `signature ${verdict}`, VERDICTS[verdict]);
  node.title = detail;
  return node;
}

// The steps for a delivery to `url` of {headers, body} that was sent at the real time `at`.
export function verification(url, {headers, body}, at) {
  const secret = field("Signing secret", input({value: secretOf(url)}), {
    hint: "The one that your receiver has. It stays in this page and is not sent.",
    wide: true,
  });
  const result = el("div", {role: "group", "aria-label": "Steps of the verification"});
  const verdict = el("p", {class: "verdict-line", role: "status"});
  const show = async () => {
    const entries = await steps({secret: textOf(secret), headers, body, now: Date.parse(at) / 1000});
    const {ok} = entries.at(-1);
    result.replaceChildren(stepList(entries));
    setText(verdict, sentence(ok));
    verdict.className = `verdict-line ${ok === undefined ? "" : ok ? "good" : "bad"}`;
    if (ok) rememberSecret(url, textOf(secret));
  };
  secret.control.addEventListener("input", show);
  show();
  const first = canVerify() ? el("div", {class: "fields"}, secret.node) : el("p", {class: "hint"}, WHY_NOT);
  return el("div", {class: "verification"}, first, verdict, result);
}

function sentence(ok) {
  if (ok === undefined) return "";
  return ok ? "Genuine: signed with this secret." : "Not genuine: see the last step.";
}
