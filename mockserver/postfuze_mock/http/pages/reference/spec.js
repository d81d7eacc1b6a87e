// A specification, read once: its operations with all references resolved, its statements, assumptions and rules, and
// the address of each thing that has a name.

const METHODS = ["get", "put", "post", "delete", "patch"];

export class Specification {
  constructor(document) {
    this.document = document;
    this.info = document.info;
    this.schemas = document.components?.schemas ?? {};
    this.operations = Object.entries(document.paths).flatMap(([path, item]) => this.#operations(path, item));
    this.webhooks = Object.entries(document["x-webhooks"] ?? {}).flatMap(([event, item]) =>
      this.#operations("", item).map((operation) => ({...operation, id: event, needsKey: false})),
    );
    this.statements = this.#statements();
    this.assumptions = document["x-assumptions"] ?? [];
    this.rules = document["x-rules"] ?? [];
    this.problems = document["x-problems"] ?? [];
    this.addresses = new Map(this.#addresses());
  }

  // The node itself, or what it refers to.
  resolve(node) {
    while (node?.$ref) node = node.$ref.slice(2).split("/").reduce((parent, part) => parent?.[unescaped(part)], this.document);
    return node;
  }

  // The address of what has this name: "statement/list.newest-first"; undefined if nothing has.
  addressOf = (name) => this.addresses.get(name);

  // The statements of an operation, [own, shared]: those that stand there, and those that hold for others too.
  statementsOf({id}) {
    const all = this.statements.filter(({home, operations}) => home === id || operations.includes(id));
    return [all.filter(({home}) => home === id), all.filter(({home}) => home !== id)];
  }

  // The assumptions of an operation, [own, shared]: those that name it, and those that hold everywhere.
  assumptionsOf({definition}) {
    const own = this.assumptions.filter(({operations}) => operations?.includes(definition.operationId));
    return [own, this.assumptions.filter(({operations}) => !operations)];
  }

  #operations(path, item) {
    return METHODS.filter((method) => item[method]).map((method) => this.#operation(path, method, item));
  }

  #operation(path, method, item) {
    const definition = item[method];
    const security = definition.security ?? this.document.security ?? [];
    return {
      id: definition.operationId,
      method: method.toUpperCase(),
      path,
      tag: definition.tags?.[0] ?? "",
      summary: definition.summary,
      description: definition.description ?? "",
      mock: definition["x-mock"],
      needsKey: security.length > 0 && security.every((each) => Object.keys(each).length > 0),
      parameters: [...(item.parameters ?? []), ...(definition.parameters ?? [])].map((each) => this.resolve(each)),
      body: this.#body(this.resolve(definition.requestBody)),
      responses: Object.entries(definition.responses).map(([status, each]) => this.#response(status, this.resolve(each))),
      definition,
    };
  }

  #body(body) {
    return body ? {description: body.description ?? "", required: body.required ?? false, ...this.#content(body.content)} : null;
  }

  #response(status, response) {
    const headers = Object.entries(response.headers ?? {}).map(([name, each]) => ({name, ...this.resolve(each)}));
    return {status, description: response.description, headers, ...this.#content(response.content)};
  }

  // The first media type of a body or a response: {mediaType, schema, examples: [{name, summary, value}]}.
  #content(content) {
    const [mediaType, {schema, example, examples} = {}] = Object.entries(content ?? {})[0] ?? [null];
    const named = Object.entries(examples ?? {}).map(([name, each]) => ({name, ...this.resolve(each)}));
    const single = example ?? (named.length ? undefined : this.resolve(schema)?.example);
    return {mediaType, schema, examples: single === undefined ? named : [{name: "example", value: single}, ...named]};
  }

  // All statements. `home` is the operation or the schema where one is declared, undefined at the root. The control API
  // has none: those of schemas that it shares stand in the specification of the API.
  #statements() {
    if (!this.document["x-statements"]) return [];
    const at = (node, home, operations) =>
      (node["x-statements"] ?? []).map((each) => ({operations, ...each, home}));
    return [
      ...at(this.document, undefined, []),
      ...this.operations.flatMap(({definition, id}) => at(definition, id, [id])),
      ...Object.entries(this.schemas).flatMap(([name, schema]) => at(schema, name, [])),
    ];
  }

  *#addresses() {
    for (const name of Object.keys(this.schemas)) yield [name, `schema/${name}`];
    for (const {id} of this.operations) yield [id, `operation/${id}`];
    for (const {id} of this.webhooks) yield [id, `webhook/${id}`];
    for (const {code} of this.problems) if (code) yield [code, `error/${code}`];
    for (const {id} of this.rules) yield [id, `rule/${id}`];
    for (const {id} of this.assumptions) yield [id, `assumption/${id}`];
    for (const {id} of this.statements) yield [id, `statement/${id}`];
  }
}

// The members of an object: [{name, node, required}]; those of all parts of an `allOf`, of which the last one decides.
export function membersOf(node, spec) {
  const schema = spec.resolve(node) ?? {};
  const own = Object.entries(schema.properties ?? {}).map(([name, each]) => ({
    name, node: each, required: (schema.required ?? []).includes(name),
  }));
  const all = [...own, ...(schema.allOf ?? []).flatMap((part) => membersOf(part, spec))];
  return [...new Map(all.map((each) => [each.name, each])).values()];
}

// What the documents say, in their own words; a piece that cuts through a pair of backticks goes without them.
export const words = ({from}) =>
  [from ?? []].flat().map((text) => (text.split("`").length % 2 ? text : text.replaceAll("`", "")));

// [[subject, entries]]: a subject is what precedes the first dot of an id.
export function bySubject(entries) {
  const subjects = new Map();
  for (const entry of entries) {
    const subject = entry.id.split(".")[0];
    subjects.set(subject, [...(subjects.get(subject) ?? []), entry]);
  }
  return [...subjects];
}

const unescaped = (part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
