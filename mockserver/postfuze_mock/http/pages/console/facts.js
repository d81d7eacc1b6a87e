// What the server says about itself, once it was asked: where a rule stands in the reference, which URL the API has.
import {isControlRule} from "./api.js";

const API_PATH = "/api/v1";
let facts = {api: null, assumptions: {}};

// Loads the facts. Without them the console works, and links to rules lead to the statements.
export async function loadFacts() {
  const response = await fetch("/docs/server.json").catch(() => null);
  if (response?.ok) facts = await response.json();
}

// The origin of the API's URL as a shell on this machine calls it: with --control-port, it is not the page's.
export const apiOrigin = () => new URL(facts.api ?? API_PATH, location.origin).origin;

// Where the reference says what the rule says.
export function ruleAddress(rule) {
  if (isControlRule(rule)) return `/docs/control#rule/${rule}`;
  return `/docs#${rule in facts.assumptions ? "assumption" : "statement"}/${rule}`;
}

export const operationAddress = (operation) => `/docs#operation/${operation}`;
