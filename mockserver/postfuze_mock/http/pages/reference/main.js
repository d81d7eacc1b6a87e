// The reference page: loads a specification and the server's facts, and shows both.
import {el} from "../shared/dom.js";
import {loadDocument, loadFacts} from "./facts.js";
import {operationSection} from "./operation.js";
import {Specification} from "./spec.js";

async function main() {
  const [document, facts] = await Promise.all([loadDocument(), loadFacts()]);
  const spec = new Specification(document);
  const content = globalThis.document.getElementById("content");
  content.replaceChildren(el("h1", {}, spec.info.title), ...spec.operations.map((each) => operationSection(each, spec, facts)));
}

main();
