// Instants as people read them, by the clock of the world.

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
];

// The world's clock, as it was last told and as it has gone on since.
export const clock = {
  told: null,
  take({now, frozen}) {
    this.told = {at: Date.parse(now), frozen, since: performance.now()};
  },
  now() {
    const {at, frozen, since} = this.told;
    return frozen ? at : at + (performance.now() - since);
  },
};

// "2026-06-14 12:10:00"; always UTC.
export const instant = (text) => (text ? text.replace("T", " ").replace(/(\.\d+)?Z$/, "") : "–");

// "in 3 h", "2 d ago"
export function distance(text) {
  if (!text) return "never";
  const away = Date.parse(text) - clock.now();
  const [length, unit] = UNITS.find(([each]) => Math.abs(away) >= each) ?? [1000, "s"];
  const count = Math.floor(Math.abs(away) / length);
  if (count === 0) return "now";
  return away > 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

// The instant so many milliseconds from the world's now, as a timestamp.
export const fromNow = (milliseconds) => new Date(clock.now() + milliseconds).toISOString();
