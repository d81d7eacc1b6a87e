// The header: the world, its clock, and whether the server responds.
import {worldName} from "./api.js";
import {clock, onTick, refresh, tick} from "./live.js";
import {el, setAttribute, setText} from "../shared/dom.js";

const connection = document.getElementById("connection");
const worldButton = document.getElementById("choose-world");
const time = document.querySelector("#world-time time");
const frozenPill = document.querySelector("#world-time .pill");
const retry = el("button", {type: "button", class: "small", hidden: true, onclick: refresh}, "Try now");

connection.after(retry);
onTick(showTime);

// Calls `choose()` when the user asks for another world.
export const onChooseWorld = (choose) => worldButton.addEventListener("click", choose);

export function updateHeader() {
  setText(worldButton.querySelector("b"), worldName());
  setText(frozenPill, "frozen");
  frozenPill.hidden = !clock.reading.frozen;
  tick();
}

function showTime(now) {
  setText(time, now.slice(0, 19).replace("T", " "));
  setAttribute(time, "datetime", now);
}

export function showConnection(online) {
  connection.className = online ? "good" : "bad";
  document.body.classList.toggle("away", !online);
  setText(connection.querySelector(".text"), online ? "Live" : "Not connected: trying again");
  retry.hidden = online;
}
