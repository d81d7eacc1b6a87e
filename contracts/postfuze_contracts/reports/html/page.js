"use strict";
(() => {
  const statements = [...document.querySelectorAll("details.statement")];
  const items = [...document.querySelectorAll(".item")];
  const sections = [...document.querySelectorAll("main > section")].filter((each) => each.querySelector(".item"));
  const chips = [...document.querySelectorAll(".chips button")];
  const text = document.getElementById("text");
  const counter = document.getElementById("count");
  const words = new Map(items.map((each) => [each, each.textContent.toLowerCase()]));

  const filter = () => {
    const outcomes = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((c) => c.value));
    const terms = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const each of items) {
      const fits = !each.dataset.outcome || outcomes.has(each.dataset.outcome);
      each.hidden = !fits || !terms.every((term) => words.get(each).includes(term));
    }
    for (const each of sections) each.hidden = !each.querySelector(".item:not([hidden])");
    for (const each of statements) {
      document.querySelector('.cell[href="#' + CSS.escape(each.id) + '"]').classList.toggle("dim", each.hidden);
    }
    counter.textContent = statements.filter((each) => !each.hidden).length + " of " + statements.length + " statements";
  };

  const showAll = () => {
    chips.forEach((chip) => chip.setAttribute("aria-pressed", "true"));
    text.value = "";
    filter();
  };

  const open = (id) => {
    const statement = statements.find((each) => each.id === id);
    if (!statement) return;
    if (statement.hidden) showAll();
    statement.open = true;
    statement.querySelector("summary").focus({ preventScroll: true });
    statement.scrollIntoView({ block: "start" });
  };

  const step = (by) => {
    const visible = statements.filter((each) => !each.hidden);
    if (!visible.length) return;
    const here = visible.findIndex((each) => each.contains(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : visible.length - 1) : Math.min(Math.max(here + by, 0), visible.length - 1);
    visible[next].querySelector("summary").focus();
    visible[next].scrollIntoView({ block: "nearest" });
  };

  // Without the clipboard, which a page may not have, the text is selected, ready to be copied.
  const copy = async (block, button) => {
    try {
      await navigator.clipboard.writeText(block.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(block);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };

  for (const each of document.querySelectorAll(".copyable")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.title = each.dataset.label;
    button.addEventListener("click", () => copy(each.querySelector("pre"), button));
    each.append(button);
  }

  chips.forEach((chip) => chip.addEventListener("click", () => {
    // The first click leaves one outcome of all; the next ones add or remove one.
    const unfiltered = chips.every((each) => each.getAttribute("aria-pressed") === "true");
    if (unfiltered) chips.forEach((each) => each.setAttribute("aria-pressed", String(each === chip)));
    else chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    if (chips.every((each) => each.getAttribute("aria-pressed") === "false")) showAll();
    filter();
  }));
  text.addEventListener("input", filter);
  document.querySelectorAll(".cell, .ids a").forEach((each) => each.addEventListener("click", (event) => {
    event.preventDefault();
    history.pushState(null, "", each.hash);
    open(decodeURIComponent(each.hash.slice(1)));
  }));
  addEventListener("hashchange", () => open(decodeURIComponent(location.hash.slice(1))));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { showAll(); text.blur(); return; }
    if (event.target === text) return;
    if (event.key === "/") { event.preventDefault(); text.focus(); }
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  });
  for (const each of document.querySelectorAll(".tools, .keys")) each.hidden = false;
  filter();
  if (location.hash) open(decodeURIComponent(location.hash.slice(1)));
})();
