// Where a JSON value differs from its schema: members, types and enums. Patterns and formats are the server's to check.

const MOST = 12; // differences that are listed

// Sentences, each once: an array counts as its entries, as in `data[].id`.
export function differences(spec, schema, value) {
  const found = [...new Set(compare(spec, schema, value, ""))];
  return found.length > MOST ? [...found.slice(0, MOST), `… and ${found.length - MOST} more`] : found;
}

function compare(spec, node, value, path) {
  const schema = merged(spec, node);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return closest(choices.map((each) => compare(spec, each, value, path)));
  if (value === null) return schema.nullable || !schema.type ? [] : [`${named(path)} is null`];
  if (schema.type && !fits(schema.type, value)) return [`${named(path)} is not of the type ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${named(path)} is none of ${schema.enum.join(", ")}`];
  if (Array.isArray(value)) return value.flatMap((each) => compare(spec, schema.items ?? {}, each, `${path}[]`));
  return typeof value === "object" ? compareMembers(spec, schema, value, path) : [];
}

function compareMembers(spec, schema, value, path) {
  const {properties, additionalProperties, required = []} = schema;
  const place = (name) => (path ? `${path}.${name}` : name);
  const missing = required.filter((name) => !(name in value)).map((name) => `${place(name)} is missing`);
  const members = Object.entries(value).flatMap(([name, each]) => {
    const member = properties?.[name] ?? additionalProperties;
    if (member && member !== true) return compare(spec, member, each, place(name));
    return properties && !member ? [`${place(name)} is not documented`] : [];
  });
  return [...missing, ...members];
}

// A schema with what its `allOf` adds.
function merged(spec, node) {
  const schema = spec.resolve(node) ?? {};
  const parts = (schema.allOf ?? []).map((each) => merged(spec, each));
  return parts.reduce(
    (all, part) => ({
      ...part, ...all,
      properties: {...part.properties, ...all.properties},
      required: [...(all.required ?? []), ...(part.required ?? [])],
    }),
    schema,
  );
}

const closest = (lists) => lists.reduce((best, each) => (each.length < best.length ? each : best));

const named = (path) => path || "the body";

function fits(type, value) {
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type && !Array.isArray(value);
}
