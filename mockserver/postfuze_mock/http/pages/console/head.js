// The top of the page: the world, its time, and whether the server answers.
import {el, setAttribute, setText} from "./dom.js";
import * as live from "./live.js";
import {clock} from "./instants.js";
import {title} from "./worlds.js";

const time = document.querySelector("#world-time time");
const pill = document.querySelector("#world-time .pill");
const connection = document.getElementById("connection");
const said = connection.querySelector(".text");
const retry = el("button", {type: "button", class: "small", hidden: true, onclick: live.soon}, "Try now");
connection.after(retry);
setInterval(tick, 1000);

export function head() {
  setText(document.querySelector("#choose-world b"), title());
  setText(pill, "frozen");
  pill.hidden = !clock.told.frozen;
  tick();
}

export function tellConnection(connected) {
  connection.className = connected ? "good" : "bad";
  document.body.classList.toggle("away", !connected);
  setText(said, connected ? "Live" : "Not connected: trying again");
  retry.hidden = connected;
}

// Other places that show the world's time follow it too.
export const ticking = new Set();

function tick() {
  if (!clock.told) return;
  const now = new Date(clock.now()).toISOString();
  setText(time, now.slice(0, 19).replace("T", " "));
  setAttribute(time, "datetime", now);
  for (const follow of ticking) follow(now);
}
