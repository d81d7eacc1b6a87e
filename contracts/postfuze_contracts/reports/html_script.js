"use strict";
(() => {
  const statements = [...document.querySelectorAll("details.statement")];
  const chips = [...document.querySelectorAll(".chips button")];
  const text = document.getElementById("text");
  const counter = document.getElementById("count");
  const words = new Map(statements.map((each) => [each, each.textContent.toLowerCase()]));

  const filter = () => {
    const outcomes = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((c) => c.value));
    const terms = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const each of statements) {
      const fits = outcomes.has(each.dataset.outcome) && terms.every((term) => words.get(each).includes(term));
      each.hidden = !fits;
      count += fits ? 1 : 0;
      const cell = document.querySelector('.cell[href="#' + CSS.escape(each.id) + '"]');
      if (cell) cell.classList.toggle("dim", !fits);
    }
    counter.textContent = count + " of " + statements.length;
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
    statement.querySelector("summary").focus();
    statement.scrollIntoView({ block: "center" });
  };

  const step = (by) => {
    const visible = statements.filter((each) => !each.hidden);
    if (!visible.length) return;
    const here = visible.findIndex((each) => each.contains(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : visible.length - 1) : Math.min(Math.max(here + by, 0), visible.length - 1);
    visible[next].querySelector("summary").focus();
    visible[next].scrollIntoView({ block: "nearest" });
  };

  chips.forEach((chip) => chip.addEventListener("click", () => {
    // The first click leaves one outcome of all; the next ones add or remove one.
    const unfiltered = chips.every((each) => each.getAttribute("aria-pressed") === "true");
    if (unfiltered) chips.forEach((each) => each.setAttribute("aria-pressed", String(each === chip)));
    else chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    if (chips.every((each) => each.getAttribute("aria-pressed") === "false")) showAll();
    filter();
  }));
  text.addEventListener("input", filter);
  document.querySelectorAll(".cell").forEach((cell) => cell.addEventListener("click", (event) => {
    event.preventDefault();
    open(decodeURIComponent(cell.hash.slice(1)));
  }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { showAll(); text.blur(); return; }
    if (event.target === text) return;
    if (event.key === "/") { event.preventDefault(); text.focus(); }
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  });
  filter();
  if (location.hash) open(decodeURIComponent(location.hash.slice(1)));
})();
