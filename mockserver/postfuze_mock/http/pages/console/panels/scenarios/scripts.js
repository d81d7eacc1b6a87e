// The steps of a scenario as calls, as a shell script of curl, and as Python with the client of the mock.
import {curl, identity, operationId, prepare} from "../../api.js";
import {apiOrigin} from "../../facts.js";

const API_PATH = "/api/v1";
const NAME = /\{(\w+)\}/g;
const WIDTH = 88; // characters of a line of Python
const INDENT = "    ";

// The call of a step, with `values` for the names in braces. A text that is only a name gets the value as it is.
export function callOf({method, path, body, api = false}, values) {
  return {method, api, path: (api ? API_PATH : "") + fill(path, values), body: fill(body, values)};
}

function fill(node, values) {
  if (Array.isArray(node)) return node.map((each) => fill(each, values));
  if (typeof node === "string") return fillText(node, values);
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, fill(value, values)]));
}

function fillText(text, values) {
  const [, name] = /^\{(\w+)\}$/.exec(text) ?? [];
  return name in values ? values[name] : text.replace(NAME, (whole, each) => values[each] ?? whole);
}

// The names of what the steps save from their answers.
const savedBy = (steps) => steps.flatMap(({saves}) => Object.keys(saves ?? {}));

// A saved value is in a shell variable; the commands have it in single quotes, which end before it.
export function shellScript({title, steps}, values) {
  const names = savedBy(steps);
  const marked = {...values, ...Object.fromEntries(names.map((name) => [name, `@${name}@`]))};
  const withVariables = (text) =>
    names.reduce((result, name) => result.replaceAll(`@${name}@`, `'"$${name}"'`).replaceAll(`"''`, '"'), text);
  const commands = steps.map((step) => {
    const command = withVariables(curl(fromShell(callOf(step, marked))));
    const [[name, member] = []] = Object.entries(step.saves ?? {});
    return name ? `${name}=$(${command} |\n  sed 's/.*"${member}":"\\([^"]*\\)".*/\\1/')` : command;
  });
  return [`# ${title}`, ...commands].join("\n\n");
}

// A prepared call as a shell sends it: with --control-port, the API has another origin than this page.
function fromShell(call) {
  const request = prepare(call);
  return call.api ? {...request, url: request.url.replace(location.origin, apiOrigin())} : request;
}

export function pythonScript({title, steps}, values) {
  const key = identity.isSecret ? environ("POSTFUZE_KEY") : literal(identity.key);
  const token = identity.token ? [environ("POSTFUZE_MOCK_CONTROL_TOKEN")] : [];
  const head = [
    `# ${title}`,
    ...(identity.isSecret || identity.token ? ["import os", ""] : []),
    "from postfuze_mock.client import Mock",
    "",
    `mock = ${written("Mock", [literal(location.origin), key, ...token])}`,
    ...(apiOrigin() === location.origin ? [] : [`mock.session.base_url = ${literal(apiOrigin() + API_PATH)}`]),
  ];
  return [...head, ...steps.map((step) => pythonCall(step, values, savedBy(steps)))].join("\n");
}

// A secret, as in the commands of curl.
const environ = (name) => `os.environ["${name}"]`;

function pythonCall(step, values, saved) {
  const marked = {...values, ...Object.fromEntries(saved.map((name) => [name, `{${name}}`]))};
  if (step.api) return apiCall(callOf(step, marked), saved);
  const path = [...step.path.matchAll(NAME)].map(([, name]) => literal(values[name]));
  const body = Object.entries(fill(step.body, marked) ?? {}).map(([name, value]) => `${name}=${literal(value)}`);
  const call = written(`mock.${underscore(operationId(step.method, step.path))}`, [...path, ...body]);
  const [[name, member] = []] = Object.entries(step.saves ?? {});
  return name ? `${name} = ${call}[${literal(member)}]` : call;
}

// A call of the API; what it answers is printed.
function apiCall({method, path, body}, saved) {
  const url = literal(path.slice(API_PATH.length));
  const isFormatted = saved.some((name) => path.includes(`{${name}}`));
  const parts = [(isFormatted ? "f" : "") + url, ...(body === undefined ? [] : [`json=${literal(body)}`])];
  return [
    `response = ${written(`mock.session.${method.toLowerCase()}`, parts)}`,
    "print(response.status_code, response.text)",
  ].join("\n");
}

// The call on one line, if it fits.
function written(name, parts) {
  const line = `${name}(${parts.join(", ")})`;
  return line.length <= WIDTH ? line : `${name}(\n${parts.map((each) => `${INDENT}${each},\n`).join("")})`;
}

const underscore = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

// A JSON value as Python.
function literal(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, each]) => `${literal(name)}: ${literal(each)}`).join(", ")}}`;
}
