// Samples for the control API: the Python client and the npm package have a method for each operation.

import {Unsendable, bodyValue, typedValues} from "./call.js";
import {JAVASCRIPT, PYTHON, literal, pythonArguments} from "./literals.js";

const SENDERS = "receiveWebhook"; // senders of webhooks call it, so no client has it
const RESET = "resetWorld"; // a client belongs to a world already, so its method is `reset`
const WHOLE = new Set(["putState"]); // takes its body as one argument, as do those with a list

export function python(operation, context) {
  const {path, query, body} = parts(operation, context);
  const whole = body !== undefined && (Array.isArray(body) || WHOLE.has(operation.id));
  const members = whole ? query : {...body, ...query};
  const list = (margin) => [
    ...path.map((value) => JSON.stringify(value)),
    ...(whole ? [literal(body, PYTHON, margin)] : []),
    ...Object.entries(members).map(([name, value]) => `${name}=${literal(value, PYTHON, margin)}`),
  ];
  const name = snake(method(operation));
  const client = [context.server, context.key].filter(Boolean).map((text) => JSON.stringify(origin(text)));
  if (context.token) client.push(`control_token=${JSON.stringify(context.token)}`);
  return `# pip install postfuze-mock
from postfuze_mock.client import Mock

mock = Mock(${client.join(", ")})
${printed(operation, "print", `mock.${name}${pythonArguments(list, name.length)}`)}`;
}

export function node(operation, context) {
  const {path, query, body} = parts(operation, context);
  const members = Array.isArray(body) ? body : {...body, ...query};
  const list = [...path, ...(Object.keys(members).length ? [members] : [])];
  const name = method(operation);
  const call = `await mock.${name}(${list.map((each) => literal(each, JAVASCRIPT, "", name.length)).join(", ")})`;
  const options = {...(context.key && {key: context.key}), ...(context.token && {controlToken: context.token})};
  const client = [origin(context.server), ...(Object.keys(options).length ? [options] : [])];
  return `// npm install postfuze-mock
import { Mock } from "postfuze-mock";

const mock = new Mock(${client.map((each) => literal(each, JAVASCRIPT)).join(", ")});
${printed(operation, "console.log", call)};`;
}

function parts(operation, context) {
  const {values} = context;
  if (operation.id === SENDERS) throw new Unsendable("senders of webhooks call this, with any HTTP client.");
  if (values.query.cursor) throw new Unsendable("the client follows the cursors itself, up to `limit` entries.");
  return {
    path: Object.values(typedValues(operation, "path", context)),
    query: typedValues(operation, "query", context),
    body: bodyValue(operation, values),
  };
}

// Some calls answer with nothing.
const printed = ({responses}, print, text) => (responses[0].mediaType ? `${print}(${text})` : text);

const method = ({id}) => (id === RESET ? "reset" : id);
const origin = (server) => server.replace(/\/_mock$/, "");
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
