// Addresses: what the fragment names is scrolled to, opened, marked, and gets the focus.
import {decoded} from "../shared/dom.js";

// Fragments of former pages: an id alone, or a subject and an operation.
function currentForm(fragment, addressOf) {
  return addressOf(fragment) ?? addressOf(fragment.split("/").pop()) ?? fragment;
}

export function followAddress(addressOf) {
  const show = () => {
    let fragment = decoded(location.hash.slice(1));
    if (fragment && !document.getElementById(fragment)) {
      fragment = currentForm(fragment, addressOf);
      history.replaceState(null, "", `#${fragment}`);
    }
    const target = fragment && document.getElementById(fragment);
    if (target) reveal(target);
  };
  addEventListener("hashchange", show);
  // A click on a link to where one is already, too.
  document.addEventListener("click", ({target}) => target.closest?.("a")?.hash && target.closest("a").href === location.href && show());
  show();
}

function reveal(target) {
  for (let node = target; node; node = node.parentElement) if (node.localName === "details") node.open = true;
  document.querySelector(".target")?.classList.remove("target");
  target.classList.add("target");
  target.focus({preventScroll: true});
  target.scrollIntoView({block: "start"});
}
