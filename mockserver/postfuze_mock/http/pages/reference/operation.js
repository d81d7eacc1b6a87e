// An operation: what it takes and returns, what is promised and what is assumed, and how to call it.
import {copyable, el} from "../shared/dom.js";
import {markdown} from "./markdown.js";
import {samples} from "./samples/samples.js";
import {sendForm} from "./send.js";

export const operationSection = (operation, spec, facts) =>
  el(
    "section",
    {id: `operation/${operation.id}`, class: "operation", tabindex: "-1"},
    el("h3", {}, operation.summary),
    ...markdown(operation.description, (name) => spec.addressOf(name)),
    calls(operation, facts),
  );

// The calls of an operation: samples, and a form that sends one.
const calls = (operation, facts) =>
  el(
    "div",
    {class: "calls"},
    ...samples(operation, {server: facts.server, key: facts.key, values: {}}).map(({label, text}) => copyable(label, text).node),
    facts.server ? sendForm(operation, facts) : null,
  );
