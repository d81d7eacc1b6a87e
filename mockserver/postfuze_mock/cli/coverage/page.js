"use strict";
(() => {
  const items = [...document.querySelectorAll("li[data-state]")];
  const groups = [...document.querySelectorAll("details.group")].filter((each) => each.querySelector("li[data-state]"));
  const chips = [...document.querySelectorAll(".chips button")];
  const text = document.getElementById("text");
  const counter = document.getElementById("count");
  const words = new Map(items.map((each) => [each, each.textContent.toLowerCase()]));

  const filter = () => {
    const states = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((c) => c.value));
    const terms = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const each of items) {
      each.hidden = !(states.has(each.dataset.state) && terms.every((term) => words.get(each).includes(term)));
      count += each.hidden ? 0 : 1;
    }
    for (const group of groups) group.hidden = !group.querySelector("li[data-state]:not([hidden])");
    counter.textContent = count + " of " + items.length;
  };

  const showAll = () => {
    chips.forEach((chip) => chip.setAttribute("aria-pressed", "true"));
    text.value = "";
    filter();
  };

  const open = (id) => {
    const item = items.find((each) => each.id === id);
    if (!item) return;
    if (item.hidden) showAll();
    item.closest("details").open = true;
    item.scrollIntoView({ block: "center" });
  };

  chips.forEach((chip) => chip.addEventListener("click", () => {
    // The first click leaves one state of all; the next ones add or remove one.
    const unfiltered = chips.every((each) => each.getAttribute("aria-pressed") === "true");
    if (unfiltered) chips.forEach((each) => each.setAttribute("aria-pressed", String(each === chip)));
    else chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    if (chips.every((each) => each.getAttribute("aria-pressed") === "false")) showAll();
    filter();
  }));
  text.addEventListener("input", filter);
  document.querySelectorAll("td a").forEach((link) => link.addEventListener("click", () => {
    open(decodeURIComponent(link.hash.slice(1)));
  }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { showAll(); text.blur(); return; }
    if (event.target !== text && event.key === "/") { event.preventDefault(); text.focus(); }
  });
  filter();
  if (location.hash) open(decodeURIComponent(location.hash.slice(1)));
})();
