"use strict";
(() => {
  const statements = [...document.querySelectorAll("details.statement")];
  const chips = [...document.querySelectorAll(".chips button")];
  const text = document.getElementById("text");
  const shown = document.getElementById("shown");
  const words = new Map(statements.map((each) => [each, each.textContent.toLowerCase()]));

  const filter = () => {
    const outcomes = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((c) => c.value));
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const each of statements) {
      const fits = outcomes.has(each.dataset.outcome) && wanted.every((word) => words.get(each).includes(word));
      each.hidden = !fits;
      count += fits ? 1 : 0;
      const cell = document.querySelector('.cell[href="#' + CSS.escape(each.id) + '"]');
      if (cell) cell.classList.toggle("dim", !fits);
    }
    shown.textContent = count + " of " + statements.length;
  };

  const all = () => {
    chips.forEach((chip) => chip.setAttribute("aria-pressed", "true"));
    text.value = "";
    filter();
  };

  const open = (id) => {
    const found = statements.find((each) => each.id === id);
    if (!found) return;
    if (found.hidden) all();
    found.open = true;
    found.querySelector("summary").focus();
    found.scrollIntoView({ block: "center" });
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
    // The first choice narrows from everything to one; the next ones add and take away.
    const whole = chips.every((each) => each.getAttribute("aria-pressed") === "true");
    if (whole) chips.forEach((each) => each.setAttribute("aria-pressed", String(each === chip)));
    else chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    if (chips.every((each) => each.getAttribute("aria-pressed") === "false")) all();
    filter();
  }));
  text.addEventListener("input", filter);
  document.querySelectorAll(".cell").forEach((cell) => cell.addEventListener("click", (event) => {
    event.preventDefault();
    open(decodeURIComponent(cell.hash.slice(1)));
  }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { all(); text.blur(); return; }
    if (event.target === text) return;
    if (event.key === "/") { event.preventDefault(); text.focus(); }
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  });
  filter();
  if (location.hash) open(decodeURIComponent(location.hash.slice(1)));
})();
