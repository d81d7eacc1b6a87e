// Asks again and again while somebody looks: more slowly where the server takes long, and where it is away.

const USUAL = 1500; // milliseconds
const LONGEST = 15_000;
const SHARE = 4; // of the time that an answer takes, so long a pause is made

let ask = async () => {};
let tell = () => {};
let timer = null;
let asking = false;
let again = false;
let failures = 0;

// `asked()` looks once, and throws where no answer comes; `told(connected, next)` says how it went, and when the next
// look comes (milliseconds).
export function start(asked, told) {
  [ask, tell] = [asked, told];
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : soon()));
  window.addEventListener("online", soon);
  return look();
}

// Look as soon as it can be.
export function soon() {
  if (asking) again = true;
  else look();
}

async function look() {
  clearTimeout(timer);
  [asking, again] = [true, false];
  const begun = performance.now();
  try {
    await ask();
    failures = 0;
  } catch (error) {
    failures += 1;
    console.debug(error);
  }
  asking = false;
  const pause = failures
    ? Math.min(LONGEST, USUAL * 2 ** (failures - 1))
    : Math.max(USUAL, SHARE * (performance.now() - begun));
  tell(failures === 0, pause);
  if (again) look();
  else if (!document.hidden) timer = setTimeout(look, pause);
}
