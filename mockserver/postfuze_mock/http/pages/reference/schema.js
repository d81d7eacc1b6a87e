// Schemas: their members with type and limits, and what these contain folded below them.
import {el} from "../shared/dom.js";
import {lateFold} from "./folds.js";
import {limits, typeOf} from "./limits.js";
import {link} from "./links.js";
import {inline, markdown} from "./markdown.js";
import {membersOf} from "./spec.js";

// What a schema consists of. With an `address`, each member has an address of its own below it.
export function schemaTree(node, spec, address) {
  const schema = spec.resolve(node) ?? {};
  if (schema.oneOf || schema.anyOf) return choices(schema.oneOf ?? schema.anyOf, spec);
  if (schema.type === "array") return schemaTree(schema.items ?? {}, spec, address);
  const members = membersOf(schema, spec);
  return members.length ? el("ul", {class: "members"}, ...members.map((each) => member(each, spec, address))) : valueLine(schema, spec);
}

function member({name, node, required}, spec, address) {
  const at = address && `${address}/${name}`;
  return el(
    "li",
    at ? {id: at, tabindex: "-1"} : {},
    nameLine(name, node, required, spec),
    ...about(node, spec),
    nested(node, spec),
  );
}

// A name with its type, its place (of a parameter) and whether it is required.
export const nameLine = (name, node, required, spec, place = null) =>
  el(
    "div",
    {class: "name-line"},
    el("code", {class: "name"}, name),
    el("span", {class: "type"}, ...typeNodes(node, spec)),
    place && el("span", {class: "type"}, `in the ${place}`),
    required ? el("span", {class: "required"}, "required") : null,
  );

// What a value means and what it may be.
export function about(node, spec) {
  const schema = spec.resolve(node) ?? {};
  return [
    el("div", {class: "text"}, ...markdown(node.description ?? schema.description ?? "", spec.addressOf)),
    ...remark(node["x-mock"] ?? schema["x-mock"], spec),
    ...values(schema, spec),
  ];
}

// What only the mock does.
export const remark = (text, spec) =>
  text ? [el("div", {class: "remark"}, el("strong", {}, "This mock. "), ...markdown(text, spec.addressOf))] : [];

// The limits of a value, and the values that it may have.
export function values(schema, spec) {
  const item = schema.type === "array" ? (spec.resolve(schema.items) ?? {}) : {};
  const words = [...limits(schema), ...limits(item).map((each) => `each ${each}`)];
  const known = schema.enum ?? item.enum;
  const open = schema["x-extensible-enum"] ?? item["x-extensible-enum"];
  return [
    words.length ? el("ul", {class: "limits"}, ...words.map((each) => el("li", {}, each))) : null,
    known || open ? el("p", {class: "values"}, known ? "One of " : "Known values: ", ...listed(known ?? open)) : null,
  ].filter(Boolean);
}

const listed = (all) => all.flatMap((each, index) => [index ? ", " : "", el("code", {}, String(each))]);

const nameOf = (node) => node?.$ref?.split("/").pop();

function typeNodes(node, spec) {
  const name = nameOf(node) ?? nameOf(node.items);
  const type = typeOf(node, (each) => spec.resolve(each));
  return name && name in spec.schemas ? [`${type} · `, link("schema", name)] : [type];
}

function nested(node, spec) {
  const schema = spec.resolve(node) ?? {};
  const inner = schema.type === "array" ? (spec.resolve(schema.items) ?? {}) : schema;
  const size = membersOf(inner, spec).length;
  if (size) return lateFold(`${size} member${size === 1 ? "" : "s"}`, () => schemaTree(inner, spec));
  return inner.oneOf || inner.anyOf ? lateFold("The forms it has", () => schemaTree(inner, spec)) : null;
}

const choices = (options, spec) =>
  el("ul", {class: "members"}, ...options.map((each, index) =>
    el("li", {}, nameLine(`${index + 1}.`, each, false, spec), ...about(each, spec), nested(each, spec))));

const valueLine = (schema, spec) =>
  el("p", {class: "type"}, ...inline(typeOf(schema, (each) => spec.resolve(each)), spec.addressOf));
