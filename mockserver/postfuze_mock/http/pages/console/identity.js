// Whose world this tab shows: its key, its name, and the addresses that name it.
import {decoded} from "../shared/dom.js";

const MAX_VISIBLE_NAME = 24; // characters; a longer name may be a real key
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const KEY = /^sk_(live|test)_([\x21-\x7e]+)$/;
const SUFFIX = /_(readonly|revoked|expired)$/;

// `key` is null until the user or the server names one; then the world is `demo`. `world` is its name as the server has
// it, null until it has answered, and `isSecret` says whether the key must not be shown. `token` is the control token, if
// the server requires one. All of it stays in this tab.
export const identity = {
  key: sessionStorage.getItem("key"),
  world: null,
  isSecret: true,
  token: sessionStorage.getItem("control-token"),
};
const knownKeys = JSON.parse(sessionStorage.getItem("keys") ?? "{}"); // by world, those that were used in this tab

export function useKey(key) {
  [identity.key, identity.world, identity.isSecret] = [key, null, true];
  sessionStorage.setItem("key", key);
}

// Notes which world the key opens, as the server tells it. A server with strict keys tells no key, nor is that of a masked
// name told.
export function nameWorld({name, key}) {
  [identity.world, identity.isSecret] = [name, key === null];
  if (identity.key === null || knownKeys[name] === identity.key) return;
  knownKeys[name] = identity.key;
  sessionStorage.setItem("keys", JSON.stringify(knownKeys));
}

export const knownKeyOf = (world) => (Object.hasOwn(knownKeys, world) ? knownKeys[world] : null);

export function useToken(token) {
  identity.token = token;
  sessionStorage.setItem("control-token", token);
}

// The name of the current world; a long name is masked.
export const worldName = () => identity.world ?? (identity.key === null ? "demo" : masked(nameIn(identity.key)));

const nameIn = (key) => key.replace(/^sk_(live|test)_/, "").replace(SUFFIX, "");

const masked = (name) => (name.length <= MAX_VISIBLE_NAME ? name : `${name.slice(0, 6)}…${name.slice(-2)}`);

// The key as it may be shown.
export function visibleKey() {
  if (identity.key === null) return "no key";
  const name = identity.isSecret ? "…" : masked(nameIn(identity.key));
  return identity.key.slice(0, 8) + name + (identity.key.match(SUFFIX)?.[0] ?? "");
}

// The address of a panel, or of something in it, in the current world: #@WORLD/PANEL/REST. A masked name cannot be in it.
export function linkTo(panel, ...rest) {
  const world = worldName();
  return `#${[...(isWorldName(world) ? [`@${world}`] : []), panel, ...rest].map(encodePart).join("/")}`;
}

// The opposite: {world (null if the address has none), panel, rest}.
export function readAddress(hash) {
  const parts = hash.slice(1).split("/").map(decoded);
  const world = parts[0].startsWith("@") ? parts.shift().slice(1) : null;
  const [panel = "", ...rest] = parts;
  return {world, panel, rest};
}

// Names of worlds have an @ before, and a colon where the modes of a key are two worlds.
const encodePart = (part) => encodeURIComponent(part).replace("%40", "@").replace("%3A", ":");

const isWorldName = (name) => NAME.test(name.replace(/:test$/, ""));

// The key for `text`, which is a world's name or a key; null if it is neither.
export function keyOf(text) {
  if (KEY.test(text)) return text;
  return NAME.test(text) && !text.startsWith("sk_") ? `sk_test_${text}` : null;
}
