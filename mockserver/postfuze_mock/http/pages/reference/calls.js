// How to call an operation: samples in several languages, and a form that sends the call, both with the same values.

import {copyable, el} from "../shared/dom.js";
import {keyAndToken, language} from "./choices.js";
import {exampleValues, samples} from "./samples/samples.js";
import {sendForm} from "./send/send.js";

const DEMO_KEY = "sk_test_demo"; // any mock accepts it, and a page without a server shows calls of one

export function calls(operation, spec, facts) {
  const {key, token} = keyAndToken(facts);
  const values = exampleValues(operation, spec);
  const [server, own] = facts.server ? [facts.server, null] : [spec.document.servers[0].url, DEMO_KEY];
  const texts = () => samples(operation, {spec, server, key: key.get() || own, token: token.get(), values});
  const shown = sampleBlock(`A call of ${operation.id}`, texts);
  for (const each of [key, token]) each.watch(shown.update);
  const form = facts.server && sendForm({operation, spec, facts, values}, shown.update);
  return el("div", {class: "calls"}, shown.node, form);
}

// One of the samples that `texts()` returns at a time; the language is chosen for the whole page.
export function sampleBlock(title, texts) {
  const block = copyable(title);
  const buttons = texts().map(({id, label}) =>
    el("button", {type: "button", "data-language": id, onclick: () => language.set(id)}, label));
  function update() {
    const all = texts();
    const chosen = all.find(({id}) => id === language.get()) ?? all[0];
    block.setText(chosen.text);
    for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.language === chosen.id);
  }
  language.watch(update);
  update();
  const group = el("div", {class: "languages", role: "group", "aria-label": `${title}: language`}, ...buttons);
  return {node: el("div", {class: "sample"}, group, block.node), update};
}
