// The stored metric snapshots of an account: the way its followers went, and the newest ones.
import {get} from "./call.js";
import {el, Rows, setAttribute, setText} from "./dom.js";
import {empty} from "./panel.js";
import {fieldsOf} from "./spec.js";
import {instant} from "./instants.js";

const [DAYS, ROWS] = [90, 7];
const [WIDTH, HEIGHT] = [320, 48];
const SVG = "http://www.w3.org/2000/svg";
const NOT_METRICS = ["captured_at", "raw"];

// {node, look()}
export function snapshots(path) {
  const metrics = fieldsOf("SnapshotFields").filter((name) => !NOT_METRICS.includes(name));
  const body = el("tbody");
  const head = el(
    "tr",
    {},
    ...["captured_at", ...metrics].map((each) => el("th", {scope: "col"}, each.replaceAll("_", " "))),
  );
  const scroll = el(
    "div",
    {class: "scroll", tabindex: "0", role: "group", "aria-label": "Newest snapshots"},
    el("table", {}, el("thead", {}, head), body),
  );
  const none = empty("None yet.");
  const line = curve();
  const rows = new Rows(body, () => row(metrics));
  const look = async () => {
    const {data} = await get(`${path}/snapshots?limit=${DAYS}`);
    none.hidden = data.length > 0;
    scroll.hidden = data.length === 0;
    line.update(data.map((each) => each.followers).filter((each) => each !== undefined));
    rows.show(data.slice(-ROWS).reverse(), (each) => each.captured_at);
  };
  return {node: el("div", {}, none, line.node, scroll), look};
}

function row(metrics) {
  const cells = ["captured_at", ...metrics].map((name) => [name, el("td")]);
  const text = (each, name) =>
    name === "captured_at" ? instant(each[name]).slice(0, 16) : (each[name]?.toLocaleString("en") ?? "–");
  return {
    node: el("tr", {}, ...cells.map(([, cell]) => cell)),
    update: (each) => cells.forEach(([name, cell]) => setText(cell, text(each, name))),
  };
}

function curve() {
  const line = document.createElementNS(SVG, "polyline");
  const svg = document.createElementNS(SVG, "svg");
  setAttribute(svg, "viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  setAttribute(svg, "preserveAspectRatio", "none");
  setAttribute(svg, "aria-hidden", "true");
  svg.append(line);
  const about = el("figcaption", {class: "hint"});
  const node = el("figure", {hidden: true}, svg, about);
  const update = (values) => {
    node.hidden = values.length < 2;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const place = (value, at) =>
      `${(at * WIDTH) / (values.length - 1)},${HEIGHT - 3 - ((value - low) * (HEIGHT - 6)) / (high - low || 1)}`;
    setAttribute(line, "points", values.map(place).join(" "));
    if (values.length)
      setText(
        about,
        `Followers: ${low.toLocaleString("en")} to ${high.toLocaleString("en")}, newest ${values.at(-1).toLocaleString("en")} (${values.length} snapshots)`,
      );
  };
  return {node, update};
}
