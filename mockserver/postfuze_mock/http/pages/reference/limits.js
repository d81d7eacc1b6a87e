// What a schema allows, in words. No DOM, so Node reads it too.

const COUNTED = [
  ["minLength", "maxLength", "character"],
  ["minItems", "maxItems", "item"],
  ["minProperties", "maxProperties", "member"],
];

// The type: "integer", "array of string", "string or null". `nameOf(node)` is the name of a schema that is referred to.
export function typeOf(schema, resolve) {
  const target = resolve(schema) ?? {};
  const type = target.type === "array" ? `array of ${typeOf(target.items ?? {}, resolve)}` : (target.type ?? combined(target));
  return target.nullable ? `${type} or null` : type;
}

const combined = (schema) => (schema.allOf || schema.properties ? "object" : schema.oneOf || schema.anyOf ? "one of several" : "any value");

// All limits: ["1 to 100", "default 25"]. Lists of values are not among them.
export function limits(schema) {
  return [
    range(schema.minimum, schema.maximum, schema.exclusiveMinimum, schema.exclusiveMaximum),
    ...COUNTED.map(([least, most, what]) => count(schema[least], schema[most], what)),
    schema.format && `format ${schema.format}`,
    schema["x-must-be"] ?? (schema.pattern && `pattern ${schema.pattern}`),
    schema.multipleOf && `a multiple of ${schema.multipleOf}`,
    schema.uniqueItems && "no item twice",
    schema.additionalProperties === false && "no other members",
    "default" in schema && `default ${JSON.stringify(schema.default)}`,
  ].filter(Boolean);
}

function range(least, most, above = false, under = false) {
  if (least !== undefined && most !== undefined && !above && !under) return `${figure(least)} to ${figure(most)}`;
  const parts = [
    least !== undefined && `${above ? "more than" : "at least"} ${figure(least)}`,
    most !== undefined && `${under ? "less than" : "at most"} ${figure(most)}`,
  ];
  return parts.filter(Boolean).join(", ");
}

function count(least, most, what) {
  const bounds = range(least || undefined, most);
  const last = most ?? least;
  return bounds && `${bounds} ${what}${last === 1 ? "" : "s"}`;
}

const figure = (number) => number.toLocaleString("en-US");
