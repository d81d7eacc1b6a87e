// What a guide does beyond being read: search, code to copy, and lists that fold where there is no room beside the text.
import {copyable} from "../docs/shared/dom.js";
import {Search} from "../docs/shared/search.js";

const WIDE = {guides: matchMedia("(min-width: 60rem)"), contents: matchMedia("(min-width: 78rem)")};
const root = new URL(document.documentElement.dataset.root, document.baseURI);

for (const block of document.querySelectorAll("article pre")) {
  const caption = block.parentElement.querySelector(":scope > figcaption")?.textContent;
  block.replaceWith(copyable(caption ?? "Code", block.textContent.replace(/\n$/, "")).node);
}

for (const [name, wide] of Object.entries(WIDE)) {
  const fold = document.querySelector(`.${name} > .fold`);
  const follow = () => fold?.toggleAttribute("open", wide.matches);
  wide.addEventListener("change", follow);
  follow();
}

const entries = await (await fetch(new URL("guides/search.json", root))).json();
const index = entries.map((each) => ({...each, href: new URL(each.href, root).href}));
new Search(document.getElementById("search"), index, "Search guides and reference");
