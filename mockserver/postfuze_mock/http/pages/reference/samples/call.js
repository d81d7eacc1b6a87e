// What a call consists of in any language: its parts, with the values that the reader typed, as texts.

// A client that has types, or no such call, cannot send everything. The message says what is in the way.
export class Unsendable extends Error {}

// Values to begin with, as texts: the examples of the required parameters, and of the body.
export function exampleValues(operation, spec) {
  const values = {path: {}, query: {}, body: ""};
  for (const parameter of operation.parameters.filter(({required}) => required))
    values[parameter.in][parameter.name] = exampleText(parameter, spec.resolve(parameter.schema));
  const example = operation.body?.examples[0];
  if (example) values.body = JSON.stringify(example.value, null, 2);
  return values;
}

const exampleText = ({example}, schema) => String(example ?? schema.example ?? "");

// Whether the operation is one of the control API, which acts on worlds of the mock.
export const isControl = (spec) => spec.rules.length > 0;

// Whether a key is sent: some calls work without one, and the session token authenticates others.
export const takesKey = ({definition}, spec) =>
  (definition.security ?? spec.document.security ?? []).some((scheme) => "bearer" in scheme);

// {method, path, query, url, body}; `query` has the pairs that have a value, `body` is null if there is none.
export function call(operation, {server, values}) {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values.path[name]));
  const query = given(operation, "query", values).map(({name}) => [name, values.query[name]]);
  const search = query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
  const body = operation.body && values.body.trim() ? values.body : null;
  return {method: operation.method, path, query, url: `${server}${path}${search && "?"}${search}`, body};
}

// What is in the path must have a value.
export function checkPath({parameters}, values) {
  const missing = parameters.find(({name, in: place}) => place === "path" && !values.path[name]);
  if (missing) throw new Unsendable(`${missing.name} has no value.`);
}

// The parameters of a place (path or query) that have a value.
export const given = (operation, place, values) =>
  operation.parameters.filter((each) => each.in === place && (values[place][each.name] ?? "") !== "");

// The parameters of a place by name, as values of their types.
export const typedValues = (operation, place, {spec, values}) =>
  Object.fromEntries(
    given(operation, place, values).map((each) => [
      each.name,
      typed(each.name, spec.resolve(each.schema), values[place][each.name]),
    ]),
  );

const NUMBERS = {integer: /^-?\d+$/, number: /^-?\d+(\.\d+)?$/};

// The text as a value of the schema.
export function typed(name, schema, text) {
  if (schema.enum && !schema.enum.includes(text))
    throw new Unsendable(`${name} must be one of ${schema.enum.join(", ")}.`);
  if (schema.type === "boolean") {
    if (!["true", "false"].includes(text)) throw new Unsendable(`${name} must be true or false.`);
    return text === "true";
  }
  if (!(schema.type in NUMBERS)) return text;
  if (!NUMBERS[schema.type].test(text)) throw new Unsendable(`${name} must be a number.`);
  return Number(text);
}

// The body as a value; undefined if there is none.
export function bodyValue(operation, values) {
  if (!operation.body || !values.body.trim()) return undefined;
  try {
    return JSON.parse(values.body);
  } catch {
    throw new Unsendable("the body is not JSON.");
  }
}

// The name of a schema that is referred to: clients have a type of that name.
export const typeName = (schema) => schema.$ref.split("/").pop();
