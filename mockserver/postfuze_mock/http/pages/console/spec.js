// What the levers' specification says: nothing of it is typed here a second time.
import {get} from "./call.js";

export const spec = {levers: null};

export async function load() {
  spec.levers = await get("/openapi.json");
}

const schema = (name) => spec.levers.components.schemas[name] ?? {};

export const platforms = () => schema("Platform").enum;
export const statuses = () => schema("AccountStatus")["x-extensible-enum"];
export const operations = () => (schema("FaultOperation").enum ?? []).filter((id) => id !== "*");
export const fieldsOf = (name) => Object.keys(schema(name).properties ?? {});

// The values of an enumeration, found member by member.
export function valuesOf(name, ...members) {
  let found = schema(name);
  for (const member of members) found = found?.properties?.[member];
  return found?.enum ?? [];
}

export const eventNames = () => schema("EventName").enum;
