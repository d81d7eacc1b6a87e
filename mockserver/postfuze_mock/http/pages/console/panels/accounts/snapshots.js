// The stored metric snapshots of an account: how the number of followers changed, and a table of the newest.
import {fieldsOf, newestOf} from "../../api.js";
import {emptyNote, Rows} from "../../blocks.js";
import {formatTime} from "../../live.js";
import {el, setAttribute, setText} from "../../../shared/dom.js";

const [MAX_SNAPSHOTS, TABLE_ROWS] = [90, 7];
const [CHART_WIDTH, CHART_HEIGHT, CHART_MARGIN] = [320, 48, 3];
const SVG = "http://www.w3.org/2000/svg";
const NOT_METRICS = ["captured_at", "raw"];

export function metricHistory(path) {
  const metrics = fieldsOf("SnapshotFields").filter((name) => !NOT_METRICS.includes(name));
  const columns = ["captured_at", ...metrics];
  const heads = columns.map((name) => el("th", {scope: "col"}, name.replaceAll("_", " ")));
  const body = el("tbody");
  const table = el(
    "div",
    {class: "scroll", tabindex: "0", role: "group", "aria-label": "Newest snapshots"},
    el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body),
  );
  const none = emptyNote("None yet.");
  const chart = followersChart();
  const rows = new Rows(body, () => snapshotRow(columns));
  const update = async () => {
    const {entries} = await newestOf(`${path}/snapshots`, [], MAX_SNAPSHOTS);
    none.hidden = entries.length > 0;
    table.hidden = entries.length === 0;
    chart.update(entries.map((each) => each.followers).filter((count) => count !== undefined));
    rows.update(entries.slice(-TABLE_ROWS).reverse(), (each) => each.captured_at);
  };
  return {node: el("div", {}, none, chart.node, table), update};
}

function snapshotRow(columns) {
  const cells = columns.map((name) => [name, el("td")]);
  const textOf = (value, name) =>
    name === "captured_at" ? formatTime(value).slice(0, 16) : (value?.toLocaleString("en") ?? "–");
  return {
    node: el("tr", {}, ...cells.map(([, cell]) => cell)),
    update: (snapshot) => cells.forEach(([name, cell]) => setText(cell, textOf(snapshot[name], name))),
  };
}

function followersChart() {
  const line = document.createElementNS(SVG, "polyline");
  const svg = document.createElementNS(SVG, "svg");
  setAttribute(svg, "viewBox", `0 0 ${CHART_WIDTH} ${CHART_HEIGHT}`);
  setAttribute(svg, "preserveAspectRatio", "none");
  setAttribute(svg, "aria-hidden", "true");
  svg.append(line);
  const caption = el("figcaption", {class: "hint"});
  const node = el("figure", {hidden: true}, svg, caption);
  const update = (counts) => {
    node.hidden = counts.length < 2;
    if (node.hidden) return;
    const [least, greatest] = [Math.min(...counts), Math.max(...counts)];
    const [stepX, stepY] = [
      CHART_WIDTH / (counts.length - 1),
      (CHART_HEIGHT - 2 * CHART_MARGIN) / (greatest - least || 1),
    ];
    const point = (count, index) => `${index * stepX},${CHART_HEIGHT - CHART_MARGIN - (count - least) * stepY}`;
    setAttribute(line, "points", counts.map(point).join(" "));
    const [low, high, newest] = [least, greatest, counts.at(-1)].map((count) => count.toLocaleString("en"));
    setText(caption, `Followers: ${low} to ${high}, newest ${newest} (${counts.length} snapshots)`);
  };
  return {node, update};
}
