// Samples for clients that are generated from openapi.yaml, by the rules that the generators name things with.

import {Unsendable, bodyValue, given, takesKey, typeName, typed, typedValues} from "./call.js";
import {JAVASCRIPT, PYTHON, literal, pythonArguments} from "./literals.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

// openapi-python-client: a module an operation, in a package of its tag.
export function pythonClient(operation, context) {
  const {spec, server, key} = context;
  const [client, keywords] = takesKey(operation, spec)
    ? ["AuthenticatedClient", [["base_url", server], ["token", key]]]
    : ["Client", [["base_url", server]]];
  const name = snake(operation.id);
  const {texts, uuid, models} = typedArguments(operation, context);
  const parts = () => [...texts.path, "client=client", ...texts.query, ...texts.body];
  return [
    "# openapi-python-client generate --path openapi.yaml --output-path api --meta none",
    ...(uuid ? ["from uuid import UUID", ""] : []),
    `from api import ${client}`,
    `from api.api.${snake(operation.tag)} import ${name}`,
    ...(models.length ? [`from api.models import ${models.join(", ")}`] : []),
    "",
    `client = ${client}${pythonArguments(() => keywords.map(([word, text]) => `${word}=${literal(text, PYTHON)}`))}`,
    `print(${name}.sync${pythonArguments(parts, name.length)})`,
  ].join("\n");
}

function typedArguments(operation, {spec, values}) {
  const names = new Set(operation.parameters.map(({name}) => name));
  const word = (name) => (names.has(snake(name)) ? name : snake(name)); // not twice the same
  const [path, query] = ["path", "query"].map((place) => given(operation, place, values));
  const value = (parameter, text) => pythonValue(parameter, spec.resolve(parameter.schema), text);
  const body = bodyValue(operation, values);
  const bodyType = body === undefined ? [] : [typeName(operation.body.schema)];
  const types = [...path, ...query].filter(({schema}) => spec.resolve(schema).enum).map(({schema}) => typeName(schema));
  return {
    texts: {
      path: path.map((each) => value(each, values.path[each.name])),
      query: query.map((each) => `${word(each.name)}=${value(each, values.query[each.name])}`),
      body: bodyType.map((type) => `body=${type}.from_dict(${literal(body, PYTHON, "    ")})`),
    },
    uuid: [...path, ...query].some(({schema}) => schema.format === "uuid"),
    models: [...bodyType, ...types].sort(),
  };
}

function pythonValue({name, schema: {$ref}}, schema, text) {
  const value = typed(name, schema, text);
  if (schema.enum) return `${typeName({$ref})}.${text.toUpperCase()}`;
  if (schema.format !== "uuid") return literal(value, PYTHON);
  if (!UUID.test(text)) throw new Unsendable(`${name} must be a UUID.`);
  return `UUID(${JSON.stringify(text)})`;
}

const snake = (name) => name.replace(/[\s-]+/g, "_").replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

// openapi-fetch with the types of openapi-typescript.
export function typescript(operation, context) {
  const {spec, server, key, values} = context;
  const params = {};
  for (const place of ["path", "query"]) {
    const members = typedValues(operation, place, context);
    if (Object.keys(members).length) params[place] = members;
  }
  const body = bodyValue(operation, values);
  const init = {...(Object.keys(params).length && {params}), ...(body !== undefined && {body})};
  const options = {baseUrl: server, ...(takesKey(operation, spec) && {headers: {Authorization: `Bearer ${key}`}})};
  const path = JSON.stringify(operation.path);
  const rest = Object.keys(init).length ? `, ${literal(init, JAVASCRIPT, "", path.length)}` : "";
  return `// npx openapi-typescript openapi.yaml -o api.d.ts
import createClient from "openapi-fetch";
import type { paths } from "./api.d.ts";

const api = createClient<paths>(${literal(options, JAVASCRIPT)});
const { data, error, response } = await api.${operation.method}(${path}${rest});
console.log(response.status, data ?? error);`;
}
