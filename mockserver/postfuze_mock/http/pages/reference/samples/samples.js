// A call in several languages. Pure: the page shows the texts, and tests run them.

import {Unsendable, checkPath, isControl} from "./call.js";
import {node, python} from "./control.js";
import {pythonClient, typescript} from "./generated.js";
import {curl, httpx, java} from "./plain.js";

export {exampleValues} from "./call.js";

const CURL = {id: "curl", label: "curl", language: "sh", write: curl};
const API = [
  CURL,
  {id: "python", label: "Python", language: "python", write: httpx},
  {id: "python-client", label: "Python, generated", language: "python", write: pythonClient},
  {id: "typescript", label: "TypeScript", language: "typescript", write: typescript},
  {id: "java", label: "Java", language: "java", write: java},
];
const CONTROL = [
  CURL,
  {id: "python", label: "Python", language: "python", write: python},
  {id: "node", label: "Node", language: "typescript", write: node},
];
const PLACEHOLDER = "YOUR_KEY";

// [{id, label, language, text}] for a call of `operation` of `spec` (spec.js): `server` is the URL that its path is
// below, `key` an API key or null, `token` the control token if there is one, `values` what `exampleValues` returns.
export function samples(operation, {spec, server, key, token, values}) {
  const [languages, noKey] = isControl(spec) ? [CONTROL, null] : [API, PLACEHOLDER];
  const context = {spec, server, key: key || noKey, token, values};
  return languages.map(({write, ...sample}) => ({...sample, text: text(write, sample, operation, context)}));
}

function text(write, {language}, operation, context) {
  try {
    checkPath(operation, context.values);
    return write(operation, context);
  } catch (error) {
    if (!(error instanceof Unsendable)) throw error;
    return `${["python", "sh"].includes(language) ? "#" : "//"} This cannot be sent: ${error.message}`;
  }
}
