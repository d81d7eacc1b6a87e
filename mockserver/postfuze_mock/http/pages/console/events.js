// Account events, and how their deliveries went.
import {lever} from "./buttons.js";
import {get} from "./call.js";
import {el, json, Rows, setText, whole} from "./dom.js";
import {badge, empty, mark, panel, unfolding} from "./panel.js";
import {instant} from "./instants.js";

const ABOUT = "What happened to accounts, newest first, and every attempt to tell the webhooks of it.";
const KINDS = {delivered: "good", pending: "warn", failed: "bad", given_up: "bad"};

export function events() {
  const list = el("ul", {class: "rows"});
  const none = empty("Nothing happened yet.");
  const {node, problem} = panel("Events", ABOUT, none, list);
  const rows = new Rows(list, (event) => row(event, problem));
  return {
    node,
    async look() {
      const {data} = await get("/events");
      rows.show(data.reverse(), ({id, event, created_at, data: account}) => whole(id, event, created_at, account));
      none.hidden = data.length > 0;
    },
  };
}

function row(event, place) {
  const states = el("span", {class: "badges"});
  const attempts = el("ul", {class: "attempts"});
  const again = lever("Deliver again", {
    call: () => ({method: "POST", path: `/events/${event.id}/redeliver`}),
    done: "Delivered again",
    place,
    kind: "small",
  });
  const line = [
    el("span", {class: "hint"}, instant(event.created_at)),
    el("b", {}, event.event),
    el("span", {}, event.data.username ?? event.data.id),
    states,
  ];
  const data = el(
    "details",
    {},
    el("summary", {}, "Account"),
    el("pre", {tabindex: "0", role: "group", "aria-label": "Account of the event"}, json(event.data)),
  );
  const {nodes} = unfolding(
    line,
    (body) => body.childElementCount || body.append(attempts, el("p", {class: "actions"}, again), data),
  );
  const deliveries = new Rows(attempts, delivery);
  const badges = new Rows(states, () => ({
    node: badge(),
    update({status}) {
      mark(this.node, status.replaceAll("_", " "), KINDS[status] ?? "mute");
    },
  }));
  const update = (told) => {
    const numbered = (told.deliveries ?? []).map((each, at) => ({...each, id: at}));
    badges.show(numbered);
    deliveries.show(numbered.length ? numbered : [{id: "none"}]);
  };
  return {node: el("li", {}, ...nodes), update};
}

function delivery({id}) {
  if (id === "none") return {node: el("li", {class: "hint"}, "No webhook was to be told."), update() {}};
  const [head, tries] = [el("p"), el("ol")];
  const rows = new Rows(tries, () => {
    const node = el("li");
    return {
      node,
      update: (each) =>
        setText(node, `${instant(each.at)}: ${each.error ?? each.status} (${Math.round(each.duration_ms)} ms)`),
    };
  });
  const update = ({url, status, next_attempt_at: next, attempts}) => {
    setText(head, `${url}: ${status.replaceAll("_", " ")}${next ? `, next attempt at ${instant(next)}` : ""}`);
    rows.show(attempts.map((each, at) => ({...each, id: at})));
  };
  return {node: el("li", {}, head, tries), update};
}
