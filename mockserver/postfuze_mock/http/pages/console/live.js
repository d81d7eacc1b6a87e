// Keeps the page up to date: polls while the page is visible, and lets the world's clock run between two polls.

const INTERVAL = 1500; // milliseconds
const MAX_INTERVAL = 15_000;
const PAUSE_FACTOR = 4; // a pause is at least this many times as long as the poll before it
const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
];

let poll = async () => {};
let report = () => {};
let timer = null;
let polling = false;
let repeat = false;
let failures = 0;

// `pollOnce(isAsked)` throws if the server does not respond; it is asked for unless its time has come. `onPoll(online)` is
// called after each poll.
export function start(pollOnce, onPoll) {
  [poll, report] = [pollOnce, onPoll];
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));
  window.addEventListener("online", refresh);
  return run(true);
}

// Poll now, or right after the poll that is under way.
export function refresh() {
  if (polling) repeat = true;
  else run(true);
}

async function run(isAsked) {
  clearTimeout(timer);
  [polling, repeat] = [true, false];
  const start = performance.now();
  try {
    await poll(isAsked);
    failures = 0;
  } catch (error) {
    failures += 1;
    console.debug(error);
  }
  polling = false;
  const pause = failures
    ? Math.min(MAX_INTERVAL, INTERVAL * 2 ** (failures - 1))
    : Math.max(INTERVAL, PAUSE_FACTOR * (performance.now() - start));
  report(failures === 0);
  if (repeat) run(true);
  else if (!document.hidden) timer = setTimeout(run, pause, false);
}

// The world's clock: its last reading, and its time now (ms).
export const clock = {
  reading: null,
  set({now, frozen}) {
    this.reading = {at: Date.parse(now), frozen, since: performance.now()};
  },
  now() {
    const {at, frozen, since} = this.reading;
    return frozen ? at : at + (performance.now() - since);
  },
};

const listeners = new Set();

// Calls `listener(now)` every second, until it returns false; `now` is the world's time as a timestamp.
export const onTick = (listener) => listeners.add(listener);

export function tick() {
  if (!clock.reading) return;
  const now = timeFromNow(0);
  for (const listener of listeners) if (listener(now) === false) listeners.delete(listener);
}

setInterval(tick, 1000);

// The world's time in `milliseconds` from now, as a timestamp.
export const timeFromNow = (milliseconds) => new Date(clock.now() + milliseconds).toISOString();

// "2026-06-14 12:10:00"; always UTC.
export const formatTime = (text) => (text ? text.replace("T", " ").replace(/(\.\d+)?Z$/, "") : "–");

// "in 3 h", "2 d ago", by the world's clock; with `now` = Date.now(), in real time.
export function relativeTime(text, now = clock.now()) {
  if (!text) return "never";
  const distance = Date.parse(text) - now;
  const [length, unit] = UNITS.find(([each]) => Math.abs(distance) >= each) ?? [1000, "s"];
  const count = Math.floor(Math.abs(distance) / length);
  if (count === 0) return "now";
  return distance > 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}
