// The table of contents: operations by subject, then the other sections. It marks what is on the screen.
import {el} from "../shared/dom.js";

// `groups` is [{title, entries: [{address, text, method}]}].
export function fillContents(nav, groups) {
  nav.append(...groups.map(({title, entries}) => el("div", {class: "group"}, el("h2", {}, title), el("ul", {}, ...entries.map(entryLink)))));
  follow(nav);
  fold(nav, document.getElementById("contents-button"));
}

// Where the window is narrow, a button shows the contents over the page, and choosing an entry hides them.
function fold(nav, button) {
  const show = (open) => {
    document.body.classList.toggle("contents-open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") === "false"));
  nav.addEventListener("click", ({target}) => target.closest("a") && show(false));
  nav.addEventListener("keydown", ({key}) => key === "Escape" && (show(false), button.focus()));
}

const entryLink = ({address, text, method}) =>
  el("li", {}, el("a", {href: `#${address}`}, method ? el("span", {class: `method ${method.toLowerCase()}`, "aria-hidden": "true"}, method) : null, el("span", {}, text)));

// Marks the last entry whose section begins above the middle of the window.
function follow(nav) {
  const links = new Map([...nav.querySelectorAll("a")].map((a) => [document.getElementById(a.hash.slice(1)), a]).filter(([target]) => target));
  const visible = new Set();
  const observer = new IntersectionObserver((changes) => {
    for (const {target, isIntersecting} of changes) visible[isIntersecting ? "add" : "delete"](target);
    mark(nav, links.get([...links.keys()].find((each) => visible.has(each))));
  }, {rootMargin: "-64px 0px -60% 0px"});
  for (const target of links.keys()) observer.observe(target);
}

function mark(nav, current) {
  if (!current || current.hasAttribute("aria-current")) return;
  nav.querySelector("[aria-current]")?.removeAttribute("aria-current");
  current.setAttribute("aria-current", "location");
  const {offsetTop: top, offsetHeight: height} = current;
  const isVisible = top >= nav.scrollTop && top + height <= nav.scrollTop + nav.clientHeight;
  if (!isVisible) nav.scrollTop = top - nav.clientHeight / 2; // the page itself must not move
}
