// What precedes the events on the page of the webhooks: how deliveries come, and how their signature is verified.

import {el, setText, uniqueId} from "../shared/dom.js";
import {SIGNATURE_HEADER, sign, stepList, steps} from "../shared/signature.js";
import {sampleBlock} from "./calls.js";
import {below} from "./facts.js";
import {heading, link} from "./links.js";
import {verification} from "./samples/verification.js";

const SECRET = "whsec_example";
const VERDICTS = new Map([
  [true, "The delivery is genuine."],
  [false, "A receiver refuses this delivery."],
  [undefined, "There is no verdict yet."],
]);

export const webhookGuide = (spec) =>
  el("div", {class: "signing"}, ...delivery(spec), signature(spec), samples());

function delivery({document: {"x-webhook-delivery": rules}, webhooks}) {
  const pauses = listed(rules.retry_after_seconds.map(inWords));
  const names = webhooks.flatMap(({id}) => [link("webhook", id), " "]);
  const id = () => el("code", {}, "id");
  const items = [
    [`Answer with any 2xx within ${rules.timeout_seconds} seconds. Redirects are not followed.`],
    [`Anything else is tried again after ${pauses}, each after the attempt before; then it is given up.`],
    ["Each attempt has the same body, with the same ", id(), ", and a new signature: a known ", id(), " needs no work."],
    [
      "On the mock, ", control("putWebhooks"), " sets the webhooks, and the pauses are of the world's clock: ",
      control("advanceClock"), " makes the next attempt due. ", control("listInbox"), " receives without a server.",
    ],
  ];
  return [
    el("p", {}, "The service posts each event to every webhook that subscribes to it: ", ...names),
    el("ul", {class: "bullets"}, ...items.map((each) => el("li", {}, ...each))),
  ];
}

const control = (operation) =>
  el("a", {href: `${below("docs/control")}#operation/${operation}`}, el("code", {}, operation));

// Everything is computed in the page: no secret leaves it.
function signature(spec) {
  const body = JSON.stringify(spec.webhooks[0].body.examples[0].value);
  const inputs = {secret: el("input", {value: SECRET}), header: el("input"), body: el("textarea", {rows: 6}, body)};
  const [verdict, list] = [el("h3"), el("div")];
  const update = async () => {
    const headers = {[SIGNATURE_HEADER]: inputs.header.value};
    const all = await steps({secret: inputs.secret.value, headers, body: inputs.body.value});
    setText(verdict, VERDICTS.get(all.at(-1).ok));
    list.replaceChildren(stepList(all));
  };
  async function renew() {
    const [secret, text, time] = [inputs.secret.value, inputs.body.value, Math.floor(Date.now() / 1000)];
    inputs.header.value = await sign({secret, time, body: text});
    await update();
  }
  renew().catch(update); // without WebCrypto the steps say so
  return el(
    "section",
    {id: "signature", tabindex: "-1"},
    heading(2, "Verify a signature, step by step", "signature"),
    el("p", {}, "Paste what your receiver got. Nothing leaves this page."),
    el("form", {class: "send", onsubmit: (event) => event.preventDefault(), oninput: update},
      field("Signing secret", inputs.secret), field(SIGNATURE_HEADER, inputs.header), field("Raw body", inputs.body),
      el("p", {}, el("button", {type: "button", onclick: () => renew().catch(update)}, "Sign this body now"))),
    el("div", {role: "status"}, verdict),
    list,
  );
}

function field(label, input) {
  input.id = uniqueId("signing");
  input.setAttribute("spellcheck", "false");
  input.setAttribute("autocomplete", "off");
  return el("div", {}, el("label", {for: input.id}, label), input);
}

const samples = () => el(
  "section",
  {id: "verification", tabindex: "-1"},
  heading(2, "Verify it in your code", "verification"),
  el("p", {}, "The raw body, as it came: a body that was parsed and formatted again has another signature."),
  sampleBlock("The verification of a webhook", () => verification).node,
);

const UNITS = [[3600, "hour"], [60, "minute"], [1, "second"]];

function inWords(seconds) {
  const [size, unit] = UNITS.find(([each]) => seconds >= each && seconds % each === 0);
  return `${seconds / size} ${unit}${seconds === size ? "" : "s"}`;
}

const listed = (texts) => `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
